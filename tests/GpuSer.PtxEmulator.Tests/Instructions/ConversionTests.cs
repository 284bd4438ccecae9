namespace GpuSer.PtxEmulator.Tests.Instructions;

public class ConversionTests
{
    private static readonly float[] Floats = [2.5f, 3.5f, -2.5f, -0.4f, 1e20f, -1e20f, float.NaN, float.NegativeInfinity];

    [Theory]
    [InlineData("rni", new[] { 2, 4, -2, 0 })]
    [InlineData("rzi", new[] { 2, 3, -2, 0 })]
    [InlineData("rmi", new[] { 2, 3, -3, -1 })]
    [InlineData("rpi", new[] { 3, 4, -2, 0 })]
    public void Floats_become_integers_limited_to_their_range(string mode, int[] expected)
    {
        int[] rest = [int.MaxValue, int.MinValue, 0, int.MinValue];
        Assert.Equal([.. expected, .. rest], OneInstruction.Run<int>($"cvt.{mode}.s32.f32 %d, %a;", Floats));
    }

    [Fact]
    public void Floats_become_unsigned_and_wide_integers()
    {
        Assert.Equal([2u, 3u, 0u, 0u, uint.MaxValue, 0u, 0u, 0u], OneInstruction.Run<uint>("cvt.rzi.u32.f32 %d, %a;", Floats));
        Assert.Equal([2L, 3, -2, 0, long.MaxValue, long.MinValue, long.MinValue, long.MinValue], OneInstruction.Run<long>("cvt.rzi.s64.f32 %d, %a;", Floats));
        Assert.Equal([1ul << 63, 7ul], OneInstruction.Run<ulong>("cvt.rzi.u64.f64 %d, %a;", new[] { double.NaN, 7.9 }));
        Assert.Equal([int.MinValue, 7], OneInstruction.Run<int>("cvt.rzi.s32.f64 %d, %a;", new[] { double.NaN, 7.9 }));
        Assert.Equal([255u, 0u, 200u], OneInstruction.Run<uint>("cvt.rzi.u8.f32 %d, %a;", new[] { 300f, -1f, 200.7f }));
        Assert.Equal([-128, 127], OneInstruction.Run<int>("cvt.rni.s8.f32 %d, %a;", new[] { -300f, 300f }));
    }

    [Fact]
    public void Integers_become_floats()
    {
        int[] a = [0, -1, int.MaxValue, int.MinValue, 16777217, -16777219];
        Assert.Equal([.. a.Select(x => (float)x)], OneInstruction.Run<float>("cvt.rn.f32.s32 %d, %a;", a));
        Assert.Equal([.. a.Select(x => (float)(uint)x)], OneInstruction.Run<float>("cvt.rn.f32.u32 %d, %a;", a));
        Assert.Equal([16777216f, -16777218f], OneInstruction.Run<float>("cvt.rz.f32.s32 %d, %a;", new[] { 16777217, -16777219 }));
        Assert.Equal([16777216f, -16777220f], OneInstruction.Run<float>("cvt.rm.f32.s32 %d, %a;", new[] { 16777217, -16777219 }));
        Assert.Equal([16777218f, -16777218f], OneInstruction.Run<float>("cvt.rp.f32.s32 %d, %a;", new[] { 16777217, -16777219 }));
        Assert.Equal([.. a.Select(x => (double)x)], OneInstruction.Run<double>("cvt.rn.f64.s32 %d, %a;", a));
        Assert.Equal([18446744073709551615f], OneInstruction.Run<float>("cvt.rn.f32.u64 %d, %a;", new[] { ulong.MaxValue }));
        Assert.Equal([-2f, 3f], OneInstruction.Run<float>("cvt.rn.f32.s16 %d, %a;", new short[] { -2, 3 }));
    }

    [Fact]
    public void Integers_change_width_by_their_sign()
    {
        int[] a = [-1, 200, 0x12345678];
        Assert.Equal([-1L, 200, 0x12345678], OneInstruction.Run<long>("cvt.s64.s32 %d, %a;", a));
        Assert.Equal([uint.MaxValue, 200ul, 0x12345678], OneInstruction.Run<ulong>("cvt.u64.u32 %d, %a;", a));
        Assert.Equal([0x78u], OneInstruction.Run<uint>("cvt.u32.u8 %d, %a;", new[] { 0x12345678 }));
        Assert.Equal([-56], OneInstruction.Run<int>("cvt.s32.s8 %d, %a;", new[] { 200 }));
        Assert.Equal([0x9ABCDEF0u], OneInstruction.Run<uint>("cvt.u32.u64 %d, %a;", new[] { 0x123456789ABCDEF0 }));
        Assert.Equal([(ushort)0x5678], OneInstruction.Run<ushort>("cvt.u16.u32 %d, %a;", new[] { 0x12345678 }));
        Assert.Equal([127, -128, 5], OneInstruction.Run<int>("cvt.sat.s8.s32 %d, %a;", new[] { 1000, -1000, 5 }));
        Assert.Equal([0u, 255u], OneInstruction.Run<uint>("cvt.sat.u8.s32 %d, %a;", new[] { -3, 1000 }));
    }

    [Fact]
    public void Floats_change_precision_and_become_whole()
    {
        Assert.Equal([0.1f, float.PositiveInfinity], OneInstruction.Run<float>("cvt.rn.f32.f64 %d, %a;", new[] { 0.1, 1e300 }));
        Assert.Equal([MathF.BitDecrement(0.1f), float.MaxValue], OneInstruction.Run<float>("cvt.rz.f32.f64 %d, %a;", new[] { 0.1, 1e300 }));
        Assert.Equal([(double)0.1f], OneInstruction.Run<double>("cvt.f64.f32 %d, %a;", new[] { 0.1f }));
        Assert.Equal([2f, 4f, -2f], OneInstruction.Run<float>("cvt.rni.f32.f32 %d, %a;", new[] { 2.5f, 3.5f, -2.5f }));
        Assert.Equal([2f, -3f], OneInstruction.Run<float>("cvt.rmi.f32.f32 %d, %a;", new[] { 2.5f, -2.5f }));
        Assert.Equal([3f, -2f], OneInstruction.Run<float>("cvt.rpi.f32.f32 %d, %a;", new[] { 2.5f, -2.5f }));
        Assert.Equal([0f, 1f, 0.5f], OneInstruction.Run<float>("cvt.sat.f32.f32 %d, %a;", new[] { -2f, 9f, 0.5f }));
        Assert.Equal([0f], OneInstruction.Run<float>("cvt.ftz.f32.f32 %d, %a;", new[] { 1e-40f }));
        Assert.Equal([(Half)1.5f, (Half)65504f], OneInstruction.Run<Half>("cvt.rn.f16.f32 %d, %a;", new[] { 1.5f, 65504f }));
        Assert.Equal([1.5f], OneInstruction.Run<float>("cvt.f32.f16 %d, %a;", new[] { (Half)1.5f }));
    }
}
