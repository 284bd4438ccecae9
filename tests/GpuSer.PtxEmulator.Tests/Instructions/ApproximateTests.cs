namespace GpuSer.PtxEmulator.Tests.Instructions;

/// <summary>The .approx functions, within the errors of the PTX manual.</summary>
public class ApproximateTests
{
    private static readonly float[] Points = [.. Enumerable.Range(0, 400).Select(i => -3.14f + (i * 0.0157f))];
    private static readonly float[] Positive = [.. Enumerable.Range(0, 400).Select(i => MathF.Pow(1.3f, i - 200))];

    [Fact]
    public void Exponentials_stay_within_two_ulp()
    {
        Relative("ex2.approx.f32 %d, %a;", Points, x => Math.Pow(2, x), Math.ScaleB(1, -22));
        Assert.Equal([0f, float.PositiveInfinity, 1f, 1f, 0f, float.PositiveInfinity], OneInstruction.Run<float>(
            "ex2.approx.f32 %d, %a;", new[] { float.NegativeInfinity, float.PositiveInfinity, 0f, -0f, -200f, 200f }));
        Assert.Equal([MathF.ScaleB(1, -140), 0f], OneInstruction.Run<float>("ex2.approx.f32 %d, %a;", new[] { -140f, -151f }));
        Assert.Equal([0f], OneInstruction.Run<float>("ex2.approx.ftz.f32 %d, %a;", new[] { -140f }));
    }

    [Fact]
    public void Logarithms_stay_within_their_error()
    {
        float[] actual = OneInstruction.Run<float>("lg2.approx.f32 %d, %a;", Positive);
        for (int i = 0; i < Positive.Length; i++)
            Assert.Equal(Math.Log2(Positive[i]), actual[i], Math.ScaleB(1, -22) * Math.Max(1, Math.Abs(actual[i])));
        Assert.Equal([0xFF800000u, 0xFF800000u, 0x7F800000u, 0x7FFFFFFFu, 0u], OneInstruction.Bits(
            "lg2.approx.f32 %d, %a;", new[] { 0f, -0f, float.PositiveInfinity, -1f, 1f }));
    }

    [Fact]
    public void Circular_functions_stay_within_their_error()
    {
        Absolute("sin.approx.f32 %d, %a;", Points, x => Math.Sin(x), Math.Pow(2, -20.5));
        Absolute("cos.approx.f32 %d, %a;", Points, x => Math.Cos(x), Math.ScaleB(1, -21));
        Absolute("tanh.approx.f32 %d, %a;", Points, x => Math.Tanh(x), Math.ScaleB(1, -11));
        Assert.Equal([0x7FFFFFFFu, 0x80000000u], OneInstruction.Bits("sin.approx.f32 %d, %a;", new[] { float.PositiveInfinity, -0f }));
    }

    [Fact]
    public void Roots_and_reciprocals_stay_within_their_error()
    {
        Relative("rsqrt.approx.f32 %d, %a;", Positive, x => 1 / Math.Sqrt(x), Math.Pow(2, -22.9));
        Relative("sqrt.approx.f32 %d, %a;", Positive, x => Math.Sqrt(x), Math.ScaleB(1, -23));
        Relative("rcp.approx.f32 %d, %a;", Positive, x => 1 / (double)x, Math.ScaleB(1, -23));
        Relative("div.full.f32 %d, %a, %a;", Positive, _ => 1, Math.ScaleB(1, -22));
        Assert.Equal([0x7F800000u, 0xFF800000u, 0u, 0x7FFFFFFFu], OneInstruction.Bits(
            "rsqrt.approx.f32 %d, %a;", new[] { 0f, -0f, float.PositiveInfinity, -1f }));
        Assert.Equal([0xFF800000u, 0u], OneInstruction.Bits("rcp.approx.f32 %d, %a;", new[] { -0f, float.PositiveInfinity }));
    }

    [Fact]
    public void Approximate_division_by_the_largest_numbers_is_zero() =>
        Assert.Equal([Bits(2), 0u, 0x80000000u, 0x7FFFFFFFu], OneInstruction.Bits(
            "div.approx.f32 %d, %a, %b;", new[] { 4f, 3e38f, -3e38f, float.PositiveInfinity }, new[] { 2f, 3e38f, 3e38f, 3e38f }));

    private static uint Bits(float value) => BitConverter.SingleToUInt32Bits(value);

    private static void Relative(string code, float[] points, Func<float, double> exact, double error)
    {
        float[] actual = OneInstruction.Run<float>(code, points);
        for (int i = 0; i < points.Length; i++)
            Assert.Equal(exact(points[i]), actual[i], error * Math.Abs(exact(points[i])));
    }

    private static void Absolute(string code, float[] points, Func<float, double> exact, double error)
    {
        float[] actual = OneInstruction.Run<float>(code, points);
        for (int i = 0; i < points.Length; i++)
            Assert.Equal(exact(points[i]), actual[i], error);
    }
}
