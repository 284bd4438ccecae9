namespace GpuSer.PtxEmulator.Tests.Instructions;

public class RoundingTests
{
    private static readonly float Small = MathF.ScaleB(1, -30);
    private static readonly float Above = MathF.BitIncrement(1f);
    private static readonly float Below = MathF.BitDecrement(1f);

    [Fact]
    public void Sums_go_the_way_they_are_told()
    {
        float[] a = [1f, 1f, -1f, -1f, float.MaxValue, 1f];
        float[] b = [Small, -Small, -Small, Small, float.MaxValue, -1f];
        Assert.Equal([1f, Below, -1f, -Below, float.MaxValue, 0f], OneInstruction.Run<float>("add.rz.f32 %d, %a, %b;", a, b));
        Assert.Equal([1f, Below, -Above, -1f, float.MaxValue, -0f], OneInstruction.Run<float>("add.rm.f32 %d, %a, %b;", a, b));
        Assert.Equal([Above, 1f, -1f, -Below, float.PositiveInfinity, 0f], OneInstruction.Run<float>("add.rp.f32 %d, %a, %b;", a, b));
        Assert.Equal([Above, 1f], OneInstruction.Run<float>("sub.rp.f32 %d, %a, %b;", new[] { 1f, 1f }, new[] { -Small, Small }));
    }

    [Fact]
    public void Double_sums_and_products_go_the_way_they_are_told()
    {
        double tiny = Math.ScaleB(1, -80);
        double[] a = [1, 1, -1];
        double[] b = [tiny, -tiny, -tiny];
        Assert.Equal([1, Math.BitDecrement(1d), -1], OneInstruction.Run<double>("add.rz.f64 %d, %a, %b;", a, b));
        Assert.Equal([Math.BitIncrement(1d), 1, -1], OneInstruction.Run<double>("add.rp.f64 %d, %a, %b;", a, b));
        double down = OneInstruction.Run<double>("mul.rm.f64 %d, %a, %a;", new[] { 0.1 })[0];
        double up = OneInstruction.Run<double>("mul.rp.f64 %d, %a, %a;", new[] { 0.1 })[0];
        Assert.Equal(Math.BitIncrement(down), up);
        Assert.True(down == 0.1 * 0.1 || up == 0.1 * 0.1);
    }

    [Theory]
    [InlineData("mul.r{0}.f32 %d, %a, %b;")]
    [InlineData("div.r{0}.f32 %d, %a, %b;")]
    [InlineData("fma.r{0}.f32 %d, %a, %b, %b;")]
    [InlineData("sqrt.r{0}.f32 %d, %a;")]
    [InlineData("rcp.r{0}.f32 %d, %a;")]
    public void Directed_results_enclose_the_nearest_as_neighbours(string code)
    {
        var random = new Random(1);
        float[] a = [.. Enumerable.Range(0, 500).Select(_ => 0.1f + random.NextSingle())];
        float[] b = [.. Enumerable.Range(0, 500).Select(_ => 0.1f + (9 * random.NextSingle()))];

        float[] Run(string mode) => OneInstruction.Run<float>(string.Format(System.Globalization.CultureInfo.InvariantCulture, code, mode), a, b);
        float[] nearest = Run("n");
        float[] down = Run("m");
        float[] up = Run("p");
        float[] zero = Run("z");

        for (int i = 0; i < a.Length; i++)
        {
            double exact = code[..3] switch
            {
                "mul" => (double)a[i] * b[i],
                "div" => (double)a[i] / b[i],
                "fma" => ((double)a[i] * b[i]) + b[i],
                "sqr" => Math.Sqrt(a[i]),
                _ => 1.0 / a[i],
            };
            Assert.True(down[i] <= exact && exact <= up[i]);
            Assert.True(up[i] == down[i] || up[i] == MathF.BitIncrement(down[i]));
            Assert.True(nearest[i] == down[i] || nearest[i] == up[i]);
            Assert.Equal(down[i], zero[i]);
        }
    }
}
