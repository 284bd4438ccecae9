namespace GpuSer.PtxEmulator.Tests.Instructions;

public class IntegerTests
{
    private static readonly int[] A = [0, 1, -1, 7, -7, int.MaxValue, int.MinValue, int.MinValue, 123456789, -5, 65535];
    private static readonly int[] B = [0, -1, -1, 3, 3, 1, -1, 1, 1000, 2, 65537];

    [Fact]
    public void Sums_and_products_wrap()
    {
        Check("add.s32 %d, %a, %b;", (a, b) => a + b);
        Check("sub.u32 %d, %a, %b;", (a, b) => a - b);
        Check("mul.lo.s32 %d, %a, %b;", (a, b) => a * b);
        Check("mad.lo.s32 %d, %a, %b, %a;", (a, b) => (a * b) + a);
        Check("mul.hi.s32 %d, %a, %b;", (a, b) => (int)(((long)a * b) >> 32));
        Check("mul.hi.u32 %d, %a, %b;", (a, b) => (int)(((ulong)(uint)a * (uint)b) >> 32));
        Check("mad.hi.u32 %d, %a, %b, %b;", (a, b) => (int)(((ulong)(uint)a * (uint)b) >> 32) + b);
        Check("mul24.lo.s32 %d, %a, %b;", (a, b) => (a << 8 >> 8) * (b << 8 >> 8));
        Check("mad24.lo.u32 %d, %a, %b, %a;", (a, b) => (int)(((uint)a & 0xFFFFFF) * ((uint)b & 0xFFFFFF)) + a);
    }

    [Fact]
    public void Saturation_stops_at_the_ends()
    {
        Check("add.sat.s32 %d, %a, %b;", (a, b) => (int)Math.Clamp((long)a + b, int.MinValue, int.MaxValue));
        Check("sub.sat.s32 %d, %a, %b;", (a, b) => (int)Math.Clamp((long)a - b, int.MinValue, int.MaxValue));
    }

    [Fact]
    public void Division_rounds_to_zero_and_its_overflow_wraps()
    {
        int[] a = [7, -7, 7, -7, int.MinValue, 0, 100];
        int[] b = [2, 2, -2, -2, -1, 5, 7];
        Assert.Equal([3, -3, -3, 3, int.MinValue, 0, 14], OneInstruction.Run<int>("div.s32 %d, %a, %b;", a, b));
        Assert.Equal([1, -1, 1, -1, 0, 0, 2], OneInstruction.Run<int>("rem.s32 %d, %a, %b;", a, b));
        Assert.Equal([uint.MaxValue / 3], OneInstruction.Run<uint>("div.u32 %d, %a, %b;", new[] { uint.MaxValue }, new[] { 3u }));
        Assert.Equal([1ul << 62], OneInstruction.Run<ulong>("div.u64 %d, %a, %b;", new[] { 1ul << 63 }, new[] { 2ul }));
        Assert.Equal([-3L], OneInstruction.Run<long>("rem.s64 %d, %a, %b;", new[] { -13L }, new[] { 5L }));
    }

    [Fact]
    public void Wide_products_keep_all_bits()
    {
        int[] a = [int.MinValue, int.MaxValue, -3, 65536];
        int[] b = [int.MinValue, int.MaxValue, 5, 65536];
        Assert.Equal([.. a.Zip(b, (x, y) => (long)x * y)], OneInstruction.Run<long>("mul.wide.s32 %d, %a, %b;", a, b));
        Assert.Equal([.. a.Zip(b, (x, y) => (ulong)(uint)x * (uint)y)], OneInstruction.Run<ulong>("mul.wide.u32 %d, %a, %b;", a, b));
        Assert.Equal([.. a.Zip(b, (x, y) => ((long)x * y) + 5)], OneInstruction.Run<long>("mad.wide.s32 %d, %a, %b, 5;", a, b));
        Assert.Equal([-6], OneInstruction.Run<int>("mul.wide.s16 %d, %a, %b;", new short[] { -2 }, new short[] { 3 }));
        Assert.Equal([ulong.MaxValue - 1], OneInstruction.Run<ulong>("mul.hi.u64 %d, %a, %b;", new[] { ulong.MaxValue }, new[] { ulong.MaxValue }));
        Assert.Equal([-1L], OneInstruction.Run<long>("mul.hi.s64 %d, %a, %b;", new[] { -1L }, new[] { 1L }));
        Assert.Equal([long.MinValue], OneInstruction.Run<long>("mul.lo.s64 %d, %a, %b;", new[] { 1L << 62 }, new[] { 2L }));
    }

    [Fact]
    public void Extremes_differences_and_signs()
    {
        Check("min.s32 %d, %a, %b;", Math.Min);
        Check("max.s32 %d, %a, %b;", Math.Max);
        Check("min.u32 %d, %a, %b;", (a, b) => (int)Math.Min((uint)a, (uint)b));
        Check("max.u32 %d, %a, %b;", (a, b) => (int)Math.Max((uint)a, (uint)b));
        Check("sad.s32 %d, %a, %b, 3;", (a, b) => (int)(Math.Max((long)a, b) - Math.Min((long)a, b)) + 3);
        Check("abs.s32 %d, %a;", (a, _) => a < 0 ? 0 - a : a);
        Check("neg.s32 %d, %a;", (a, _) => 0 - a);
        Check("not.b32 %d, %a;", (a, _) => ~a);
        Check("cnot.b32 %d, %a;", (a, _) => a == 0 ? 1 : 0);
        Check("xor.b32 %d, %a, %b;", (a, b) => a ^ b);
        Check("or.b32 %d, %a, %b;", (a, b) => a | b);
        Check("and.b32 %d, %a, %b;", (a, b) => a & b);
        Assert.Equal([-5L], OneInstruction.Run<long>("min.s64 %d, %a, %b;", new[] { -5L }, new[] { 4L }));
        Assert.Equal([(short)-5], OneInstruction.Run<short>("min.s16 %d, %a, %b;", new short[] { -5 }, new short[] { 4 }));
    }

    [Fact]
    public void Sums_carry_over_words()
    {
        const string Add = "{ .reg .b32 %l, %h, %x, %y; mov.b64 {%l, %h}, %a; mov.b64 {%x, %y}, %b; add.cc.u32 %l, %l, %x; addc.u32 %h, %h, %y; mov.b64 %d, {%l, %h}; }";
        const string Subtract = "{ .reg .b32 %l, %h, %x, %y; mov.b64 {%l, %h}, %a; mov.b64 {%x, %y}, %b; sub.cc.u32 %l, %l, %x; subc.u32 %h, %h, %y; mov.b64 %d, {%l, %h}; }";
        ulong[] a = [uint.MaxValue, 1ul << 32, ulong.MaxValue, 5];
        ulong[] b = [1, 1, 1, 7];
        Assert.Equal([.. a.Zip(b, (x, y) => x + y)], OneInstruction.Run<ulong>(Add, a, b));
        Assert.Equal([.. a.Zip(b, (x, y) => x - y)], OneInstruction.Run<ulong>(Subtract, a, b));

        // A 64-bit product and sum from 32-bit halves: low = a.lo * b.lo + c.lo, high = hi(a.lo * b.lo) + c.hi + carry.
        const string Product = "{ .reg .b32 %l, %h, %x, %y; mov.b64 {%l, %h}, %c; cvt.u32.u64 %x, %a; cvt.u32.u64 %y, %b; mad.lo.cc.u32 %l, %x, %y, %l; madc.hi.u32 %h, %x, %y, %h; mov.b64 %d, {%l, %h}; }";
        ulong[] c = [uint.MaxValue, 5, 0x1_FFFF_FFFF, 7];
        Assert.Equal([.. a.Select((x, i) => ((x & uint.MaxValue) * (b[i] & uint.MaxValue)) + c[i])], OneInstruction.Run<ulong>(Product, a, b, c));
    }

    [Theory]
    [InlineData("0x12", "017", "0b11", 0x12 + 15 + 3)]
    [InlineData("-1", "2U", "0", 1)]
    public void Constants_have_their_value(string a, string b, string c, int expected) =>
        Assert.Equal([expected], OneInstruction.Run<int>($"mov.u32 %d, {a}; add.s32 %d, %d, {b}; add.s32 %d, %d, {c};", new[] { 0 }));

    private static void Check(string code, Func<int, int, int> expected) =>
        Assert.Equal([.. A.Zip(B, expected)], OneInstruction.Run<int>(code, A, B));
}
