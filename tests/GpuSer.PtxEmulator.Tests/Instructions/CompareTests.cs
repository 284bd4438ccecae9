namespace GpuSer.PtxEmulator.Tests.Instructions;

public class CompareTests
{
    private static readonly float[] A = [1, 2, 2, float.NaN, -0f];
    private static readonly float[] B = [2, 2, 1, 1, 0f];

    [Theory]
    [InlineData("eq", "01001")]
    [InlineData("ne", "10100")]
    [InlineData("lt", "10000")]
    [InlineData("le", "11001")]
    [InlineData("gt", "00100")]
    [InlineData("ge", "01101")]
    [InlineData("equ", "01011")]
    [InlineData("neu", "10110")]
    [InlineData("ltu", "10010")]
    [InlineData("leu", "11011")]
    [InlineData("gtu", "00110")]
    [InlineData("geu", "01111")]
    [InlineData("num", "11101")]
    [InlineData("nan", "00010")]
    public void Floats_compare_with_what_is_no_number(string comparison, string expected)
    {
        Assert.Equal(Digits(expected), OneInstruction.Run<int>($"setp.{comparison}.f32 %p, %a, %b; selp.s32 %d, 1, 0, %p;", A, B));
        double[] a = [.. A.Select(x => (double)x)];
        double[] b = [.. B.Select(x => (double)x)];
        Assert.Equal(Digits(expected), OneInstruction.Run<int>($"setp.{comparison}.f64 %p, %a, %b; selp.s32 %d, 1, 0, %p;", a, b));
    }

    [Theory]
    [InlineData("eq", "s32", "0100")]
    [InlineData("ne", "s32", "1011")]
    [InlineData("lt", "s32", "1010")]
    [InlineData("lt", "u32", "1000")]
    [InlineData("le", "s32", "1110")]
    [InlineData("gt", "u32", "0011")]
    [InlineData("ge", "s32", "0101")]
    [InlineData("lo", "u32", "1000")]
    [InlineData("ls", "u32", "1100")]
    [InlineData("hi", "u32", "0011")]
    [InlineData("hs", "u32", "0111")]
    [InlineData("eq", "b32", "0100")]
    public void Integers_compare_by_their_sign(string comparison, string type, string expected) =>
        Assert.Equal(Digits(expected), OneInstruction.Run<int>(
            $"setp.{comparison}.{type} %p, %a, %b; selp.s32 %d, 1, 0, %p;", new[] { 1, 2, -1, 9 }, new[] { 2, 2, 1, 3 }));

    [Theory]
    [InlineData("and", "%q", "0010", "0001")]
    [InlineData("or", "%q", "1011", "0111")]
    [InlineData("xor", "%q", "1001", "0110")]
    [InlineData("and", "!%q", "1000", "0100")]
    public void Comparisons_join_a_predicate_and_give_the_opposite_too(string join, string predicate, string first, string second)
    {
        // %q holds for the last two; the comparison for the first and third.
        const string Q = "setp.gt.s32 %q, %b, 10;";
        int[] a = [1, 5, 1, 5];
        int[] b = [0, 0, 20, 20];
        Assert.Equal(Digits(first), OneInstruction.Run<int>($"{Q} setp.lt.{join}.s32 %p|%q, %a, 3, {predicate}; selp.s32 %d, 1, 0, %p;", a, b));
        Assert.Equal(Digits(second), OneInstruction.Run<int>($"{Q} setp.lt.{join}.s32 %p|%q, %a, 3, {predicate}; selp.s32 %d, 1, 0, %q;", a, b));
    }

    [Fact]
    public void Predicates_follow_logic()
    {
        const string Both = "setp.gt.s32 %p, %a, 0; setp.gt.s32 %q, %b, 0;";
        int[] a = [0, 0, 1, 1];
        int[] b = [0, 1, 0, 1];
        Assert.Equal([0, 0, 0, 1], OneInstruction.Run<int>($"{Both} and.pred %p, %p, %q; selp.s32 %d, 1, 0, %p;", a, b));
        Assert.Equal([0, 1, 1, 1], OneInstruction.Run<int>($"{Both} or.pred %p, %p, %q; selp.s32 %d, 1, 0, %p;", a, b));
        Assert.Equal([0, 1, 1, 0], OneInstruction.Run<int>($"{Both} xor.pred %p, %p, %q; selp.s32 %d, 1, 0, %p;", a, b));
        Assert.Equal([1, 1, 0, 0], OneInstruction.Run<int>($"{Both} not.pred %p, %p; selp.s32 %d, 1, 0, %p;", a, b));
        Assert.Equal([5, 7, 7, 7], OneInstruction.Run<int>($"{Both} mov.pred %p, %q; or.pred %p, %p, %q; mov.u32 %d, 5; @%p mov.u32 %d, 7; setp.gt.s32 %p, %a, 0; @%p mov.u32 %d, 7;", a, b));
    }

    [Fact]
    public void Values_are_set_and_selected()
    {
        Assert.Equal([-1, 0], OneInstruction.Run<int>("set.lt.u32.s32 %d, %a, %b;", new[] { 1, 3 }, new[] { 2, 2 }));
        Assert.Equal([1f, 0f], OneInstruction.Run<float>("set.lt.f32.s32 %d, %a, %b;", new[] { 1, 3 }, new[] { 2, 2 }));
        Assert.Equal([7, 9, 7], OneInstruction.Run<int>("slct.s32.s32 %d, 7, 9, %a;", new[] { 0, -1, 4 }));
        Assert.Equal([7, 9, 9, 7], OneInstruction.Run<int>("slct.s32.f32 %d, 7, 9, %a;", new[] { -0f, -1f, float.NaN, 4f }));
        Assert.Equal([2.5, -1.5], OneInstruction.Run<double>("setp.gt.f64 %p, %a, 0d0000000000000000; selp.f64 %d, %a, %b, %p;", new[] { 2.5, -3.0 }, new[] { 9.0, -1.5 }));
    }

    private static int[] Digits(string text) => [.. text.Select(c => c - '0')];
}
