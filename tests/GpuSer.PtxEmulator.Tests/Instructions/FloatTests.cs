namespace GpuSer.PtxEmulator.Tests.Instructions;

public class FloatTests
{
    private const uint NaN = 0x7FFFFFFF;
    private const float Tiny = 1e-40f;

    private static readonly float[] A = [1.5f, -0f, 0f, float.PositiveInfinity, float.NaN, 3e38f, Tiny, 1f, -2f, float.NegativeInfinity];
    private static readonly float[] B = [2.25f, 0f, -0f, float.NegativeInfinity, 1f, 3e38f, Tiny, float.NaN, 0f, 0f];

    [Fact]
    public void Arithmetic_rounds_to_nearest_and_has_one_pattern_for_no_number()
    {
        Check("add.f32 %d, %a, %b;", (a, b) => a + b);
        Check("add.rn.f32 %d, %a, %b;", (a, b) => a + b);
        Check("sub.f32 %d, %a, %b;", (a, b) => a - b);
        Check("mul.f32 %d, %a, %b;", (a, b) => a * b);
        Check("div.rn.f32 %d, %a, %b;", (a, b) => a / b);
        Check("fma.rn.f32 %d, %a, %b, %a;", (a, b) => MathF.FusedMultiplyAdd(a, b, a));
        Check("mad.rn.f32 %d, %a, %b, %b;", (a, b) => MathF.FusedMultiplyAdd(a, b, b));
        Check("sqrt.rn.f32 %d, %a;", (a, _) => MathF.Sqrt(a));
        Check("rcp.rn.f32 %d, %a;", (a, _) => 1 / a);
    }

    [Fact]
    public void Fused_products_round_once()
    {
        float[] a = [1 + MathF.ScaleB(1, -12)];
        float[] c = [-1 - MathF.ScaleB(1, -11)];
        Assert.Equal([MathF.ScaleB(1, -24)], OneInstruction.Run<float>("fma.rn.f32 %d, %a, %a, %b;", a, c));
        Assert.Equal([Math.FusedMultiplyAdd(0.1, 0.1, -0.01)], OneInstruction.Run<double>("fma.rn.f64 %d, %a, %a, %b;", new[] { 0.1 }, new[] { -0.01 }));
    }

    [Fact]
    public void Flushing_takes_subnormals_for_zero_before_and_after()
    {
        float[] a = [Tiny, -Tiny, 1e-20f, 1f, 1e-30f];
        float[] b = [1e30f, 1e30f, 1e-20f, 2f, -1e-9f];
        Assert.Equal([0u, 0x80000000u, 0u, BitConverter.SingleToUInt32Bits(2f), 0x80000000u], OneInstruction.Bits("mul.ftz.f32 %d, %a, %b;", a, b));
        Assert.Equal([0u, 0x80000000u], OneInstruction.Bits("abs.f32 %d, %a; add.ftz.f32 %d, %a, %b;", new[] { Tiny, -Tiny }, new[] { 0f, -0f }));
        Assert.Equal([1f], OneInstruction.Run<float>("fma.rn.ftz.f32 %d, %a, %b, 0f3F800000;", new[] { Tiny }, new[] { 1e38f }));
        Assert.Equal([0f, MathF.BitIncrement(1f)], OneInstruction.Run<float>("add.rp.ftz.f32 %d, %a, %b;", new[] { Tiny, 1f }, new[] { Tiny, 1e-30f }));
        Assert.Equal([float.PositiveInfinity], OneInstruction.Run<float>("rcp.approx.ftz.f32 %d, %a;", new[] { Tiny }));
    }

    [Fact]
    public void Saturation_limits_to_the_unit_interval()
    {
        float[] a = [0.25f, -3f, 3f, float.NaN, float.PositiveInfinity, -0f];
        float[] zero = new float[a.Length];
        Assert.Equal([BitConverter.SingleToUInt32Bits(0.25f), 0u, 0x3F800000u, 0u, 0x3F800000u, 0u], OneInstruction.Bits("add.sat.f32 %d, %a, %b;", a, zero));
        Assert.Equal([0x3F800000u, 0u, 0x3F800000u, 0u, 0x3F800000u, 0u],
            OneInstruction.Bits("fma.rn.sat.f32 %d, %a, 0f41200000, %b;", a, zero));
    }

    [Fact]
    public void Extremes_prefer_numbers_and_order_zeros()
    {
        float[] a = [1f, float.NaN, 2f, float.NaN, -0f, 0f];
        float[] b = [2f, 3f, float.NaN, float.NaN, 0f, -0f];
        Assert.Equal([Bits(1), Bits(3), Bits(2), NaN, 0x80000000u, 0x80000000u], OneInstruction.Bits("min.f32 %d, %a, %b;", a, b));
        Assert.Equal([Bits(2), Bits(3), Bits(2), NaN, 0u, 0u], OneInstruction.Bits("max.f32 %d, %a, %b;", a, b));
        Assert.Equal([Bits(1), NaN, NaN, NaN, 0x80000000u, 0x80000000u], OneInstruction.Bits("min.NaN.f32 %d, %a, %b;", a, b));
        Assert.Equal([Bits(2), NaN, NaN, NaN, 0u, 0u], OneInstruction.Bits("max.NaN.f32 %d, %a, %b;", a, b));
        Assert.Equal([3.0], OneInstruction.Run<double>("max.f64 %d, %a, %b;", new[] { double.NaN }, new[] { 3.0 }));
    }

    [Fact]
    public void Signs_are_changed_and_copied()
    {
        Assert.Equal([Bits(1), 0u], OneInstruction.Bits("abs.f32 %d, %a;", new[] { -1f, -0f }));
        Assert.Equal([Bits(1), 0u], OneInstruction.Bits("neg.f32 %d, %a;", new[] { -1f, -0f }));
        Assert.Equal([Bits(-3), Bits(2)], OneInstruction.Bits("copysign.f32 %d, %a, %b;", new[] { -0f, 5f }, new[] { 3f, -2f }));
    }

    [Fact]
    public void Double_precision_is_that_of_the_host()
    {
        double[] a = [0.1, 1e308, -0.0, double.NaN];
        double[] b = [0.2, 1e308, 0.0, 1];
        Assert.Equal([.. a.Zip(b, (x, y) => x + y)], OneInstruction.Run<double>("add.f64 %d, %a, %b;", a, b));
        Assert.Equal([.. a.Zip(b, (x, y) => x * y)], OneInstruction.Run<double>("mul.rn.f64 %d, %a, %b;", a, b));
        Assert.Equal([.. a.Zip(b, (x, y) => x / y)], OneInstruction.Run<double>("div.rn.f64 %d, %a, %b;", a, b));
        Assert.Equal([.. a.Select(Math.Sqrt)], OneInstruction.Run<double>("sqrt.rn.f64 %d, %a;", a));
    }

    [Theory]
    [InlineData("finite", new[] { 1, 0, 0, 1, 1 })]
    [InlineData("infinite", new[] { 0, 1, 0, 0, 0 })]
    [InlineData("number", new[] { 1, 1, 0, 1, 1 })]
    [InlineData("notanumber", new[] { 0, 0, 1, 0, 0 })]
    [InlineData("normal", new[] { 1, 0, 0, 0, 0 })]
    [InlineData("subnormal", new[] { 0, 0, 0, 1, 0 })]
    public void Kinds_of_value_are_told(string property, int[] expected) =>
        Assert.Equal(expected, OneInstruction.Run<int>(
            $"testp.{property}.f32 %p, %a; selp.u32 %d, 1, 0, %p;", new[] { -2f, float.NegativeInfinity, float.NaN, Tiny, 0f }));

    private static uint Bits(float value) => BitConverter.SingleToUInt32Bits(value);

    private static void Check(string code, Func<float, float, float> expected)
    {
        uint[] bits = [.. A.Zip(B, expected).Select(v => float.IsNaN(v) ? NaN : Bits(v))];
        Assert.Equal(bits, OneInstruction.Bits(code, A, B));
    }
}
