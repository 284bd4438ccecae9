using System.Numerics;

namespace GpuSer.PtxEmulator.Tests.Instructions;

public class BitTests
{
    private static readonly uint[] Words = [0, 1, 0x80000000, uint.MaxValue, 0x12345678, 0x00FF00FF];

    [Fact]
    public void Shift_counts_stop_at_the_width()
    {
        int[] a = [1, -8, 0x40000000, -1, -1, 5];
        uint[] counts = [31, 1, 2, 32, 1000, 0];
        Assert.Equal([int.MinValue, -16, 0, 0, 0, 5], OneInstruction.Run<int>("shl.b32 %d, %a, %b;", a, counts));
        Assert.Equal([0, -4, 0x10000000, -1, -1, 5], OneInstruction.Run<int>("shr.s32 %d, %a, %b;", a, counts));
        Assert.Equal([0u, 0x7FFFFFFCu, 0x10000000u, 0u, 0u, 5u], OneInstruction.Run<uint>("shr.u32 %d, %a, %b;", a, counts));
        Assert.Equal([.. a.Select(x => x << 3)], OneInstruction.Run<int>("shl.b32 %d, %a, 3;", a));
        Assert.Equal([.. a.Select(x => x < 0 ? -1 : 0)], OneInstruction.Run<int>("shr.s32 %d, %a, 99;", a));
        Assert.Equal([.. a.Select(_ => 0u)], OneInstruction.Run<uint>("shr.u32 %d, %a, 32;", a));
        Assert.Equal([1L << 40], OneInstruction.Run<long>("shl.b64 %d, %a, %b;", new[] { 1L }, new[] { 40u }));
        Assert.Equal([(ushort)0xFF00], OneInstruction.Run<ushort>("shl.b16 %d, %a, 8;", new ushort[] { 0xFFFF }));
    }

    [Fact]
    public void Bits_are_counted_found_and_reversed()
    {
        Assert.Equal([.. Words.Select(w => (uint)BitOperations.PopCount(w))], OneInstruction.Run<uint>("popc.b32 %d, %a;", Words));
        Assert.Equal([.. Words.Select(w => (uint)BitOperations.LeadingZeroCount(w))], OneInstruction.Run<uint>("clz.b32 %d, %a;", Words));
        Assert.Equal([uint.MaxValue, 0u, 31u, 31u, 28u, 23u], OneInstruction.Run<uint>("bfind.u32 %d, %a;", Words));
        Assert.Equal([uint.MaxValue, 0u, 30u, uint.MaxValue, 28u, 23u], OneInstruction.Run<uint>("bfind.s32 %d, %a;", Words));
        Assert.Equal([uint.MaxValue, 31u, 0u, 0u, 3u, 8u], OneInstruction.Run<uint>("bfind.shiftamt.u32 %d, %a;", Words));
        Assert.Equal([0u, 0x80000000u, 1u, uint.MaxValue, 0x1E6A2C48u, 0xFF00FF00u], OneInstruction.Run<uint>("brev.b32 %d, %a;", Words));
        Assert.Equal([63u], OneInstruction.Run<uint>("clz.b64 %d, %a;", new[] { 1ul }));
        Assert.Equal([64u], OneInstruction.Run<uint>("popc.b64 %d, %a;", new[] { ulong.MaxValue }));
    }

    [Theory]
    [InlineData("u32", 8, 8, 0x56u, 0x56u)]
    [InlineData("u32", 28, 8, 0xFu, 0x1u)]
    [InlineData("u32", 0, 0, 0u, 0u)]
    [InlineData("u32", 0, 40, 0xF2345678u, 0x12345678u)]
    [InlineData("u32", 40, 4, 0u, 0u)]
    [InlineData("s32", 28, 8, 0xFFFFFFFFu, 0x1u)]
    [InlineData("s32", 4, 4, 0x7u, 0x7u)]
    [InlineData("s32", 5, 3, 0x3u, 0x3u)]
    [InlineData("s32", 3, 4, 0xFFFFFFFFu, 0xFFFFFFFFu)]
    [InlineData("s32", 40, 4, 0xFFFFFFFFu, 0u)]
    public void Bit_fields_are_extracted(string type, int start, int length, uint ofNegative, uint ofPositive) =>
        Assert.Equal([ofNegative, ofPositive], OneInstruction.Run<uint>($"bfe.{type} %d, %a, {start}, {length};", new[] { 0xF2345678u, 0x12345678u }));

    [Theory]
    [InlineData(8, 8, 0x1111AB11u)]
    [InlineData(28, 8, 0xB1111111u)]
    [InlineData(0, 32, 0x000000ABu)]
    [InlineData(4, 0, 0x11111111u)]
    [InlineData(33, 4, 0x11111111u)]
    public void Bit_fields_are_inserted(int start, int length, uint expected) =>
        Assert.Equal([expected], OneInstruction.Run<uint>($"bfi.b32 %d, %a, %b, {start}, {length};", new[] { 0xABu }, new[] { 0x11111111u }));

    [Theory]
    [InlineData("", 0x3210, 0x33221100u)]
    [InlineData("", 0x7654, 0x77665588u)]
    [InlineData("", 0x0000, 0x00000000u)]
    [InlineData("", 0x4C01, 0x88FF0011u)]
    [InlineData(".f4e", 1, 0x88332211u)]
    [InlineData(".b4e", 1, 0x66770011u)]
    [InlineData(".rc8", 2, 0x22222222u)]
    [InlineData(".ecl", 1, 0x33221111u)]
    [InlineData(".ecr", 2, 0x22221100u)]
    [InlineData(".rc16", 1, 0x33223322u)]
    public void Bytes_are_permuted(string mode, int selector, uint expected) =>
        Assert.Equal([expected], OneInstruction.Run<uint>($"prmt.b32{mode} %d, %a, %b, {selector};", new[] { 0x33221100u }, new[] { 0x77665588u }));

    [Fact]
    public void Three_inputs_meet_by_their_truth_table()
    {
        uint[] a = [0xF0F0F0F0];
        uint[] b = [0xCCCCCCCC];
        uint[] c = [0xAAAAAAAA];
        for (int table = 0; table < 256; table += 15)
            Assert.Equal([(uint)table * 0x01010101u], OneInstruction.Run<uint>($"lop3.b32 %d, %a, %b, %c, {table};", a, b, c));
    }

    [Fact]
    public void Funnel_shifts_wrap_or_stop()
    {
        uint[] low = [0x89ABCDEF, 0x89ABCDEF, 0x89ABCDEF];
        uint[] high = [0x01234567, 0x01234567, 0x01234567];
        uint[] count = [8, 32, 40];
        Assert.Equal([0x23456789u, 0x01234567u, 0x23456789u], OneInstruction.Run<uint>("shf.l.wrap.b32 %d, %a, %b, %c;", low, high, count));
        Assert.Equal([0x23456789u, 0x89ABCDEFu, 0x89ABCDEFu], OneInstruction.Run<uint>("shf.l.clamp.b32 %d, %a, %b, %c;", low, high, count));
        Assert.Equal([0x6789ABCDu, 0x89ABCDEFu, 0x6789ABCDu], OneInstruction.Run<uint>("shf.r.wrap.b32 %d, %a, %b, %c;", low, high, count));
        Assert.Equal([0x6789ABCDu, 0x01234567u, 0x01234567u], OneInstruction.Run<uint>("shf.r.clamp.b32 %d, %a, %b, %c;", low, high, count));
    }

    [Fact]
    public void Dot_products_of_bytes_respect_signs()
    {
        uint[] a = [0xFF020304];
        uint[] b = [0x01FF0101];
        Assert.Equal([10 + 255 + (2 * 255) + 3 + 4], OneInstruction.Run<int>("dp4a.u32.u32 %d, %a, %b, 10;", a, b));
        Assert.Equal([10 - 1 - 2 + 3 + 4], OneInstruction.Run<int>("dp4a.s32.s32 %d, %a, %b, 10;", a, b));
    }

    [Fact]
    public void Registers_are_split_and_joined()
    {
        Assert.Equal([0x1111222233334444ul], OneInstruction.Run<ulong>(
            "{ .reg .b16 %h<4>; mov.b64 {%h0, %h1, %h2, %h3}, %a; mov.b64 %d, {%h3, %h2, %h1, %h0}; }", new[] { 0x4444333322221111ul }));
        Assert.Equal([0x5678u], OneInstruction.Run<uint>("{ .reg .b16 %h; mov.b32 {%h, _}, %a; cvt.u32.u16 %d, %h; }", new[] { 0x12345678u }));
    }
}
