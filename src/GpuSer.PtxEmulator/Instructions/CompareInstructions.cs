using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using GpuSer.PtxEmulator.Execution;

namespace GpuSer.PtxEmulator.Instructions;

/// <summary>A comparison: all bits set where it holds.</summary>
internal interface IComparison<T>
{
    static abstract Vector256<T> Invoke(Vector256<T> a, Vector256<T> b);
}

internal readonly struct IsEqual<T> : IComparison<T>
    where T : unmanaged
{
    public static Vector256<T> Invoke(Vector256<T> a, Vector256<T> b) => Vector256.Equals(a, b);
}

internal readonly struct IsLess<T> : IComparison<T>
    where T : unmanaged
{
    public static Vector256<T> Invoke(Vector256<T> a, Vector256<T> b) => Vector256.LessThan(a, b);
}

internal readonly struct IsLessOrEqual<T> : IComparison<T>
    where T : unmanaged
{
    public static Vector256<T> Invoke(Vector256<T> a, Vector256<T> b) => Vector256.LessThanOrEqual(a, b);
}

/// <summary>Both operands are numbers (<c>num</c>).</summary>
internal readonly struct AreNumbers<T> : IComparison<T>
    where T : unmanaged
{
    public static Vector256<T> Invoke(Vector256<T> a, Vector256<T> b) => Vector256.Equals(a, a) & Vector256.Equals(b, b);
}

/// <summary>Neither less, greater nor unordered: <c>ne</c> of floating operands holds only for numbers.</summary>
internal readonly struct IsOrderedUnequal<T> : IComparison<T>
    where T : unmanaged
{
    public static Vector256<T> Invoke(Vector256<T> a, Vector256<T> b) => Vector256.LessThan(a, b) | Vector256.LessThan(b, a);
}

/// <summary><c>.ftz</c> of a comparison.</summary>
internal readonly struct FlushedComparison<TComparison> : IComparison<float>
    where TComparison : struct, IComparison<float>
{
    public static Vector256<float> Invoke(Vector256<float> a, Vector256<float> b) => TComparison.Invoke(Flush.Of(a), Flush.Of(b));
}

/// <summary>How a comparison's result joins a predicate (<c>setp.lt.and</c>).</summary>
internal enum BooleanJoin
{
    None,
    And,
    Or,
    Xor,
}

/// <summary>The part of a comparison around the compared values: negation, a joined predicate.</summary>
/// <param name="Complement">Whether the comparison is the opposite of the one executed (<c>ge</c> is not <c>lt</c>).</param>
/// <param name="Join">How a third operand joins.</param>
/// <param name="Predicate">That operand.</param>
/// <param name="PredicateNegated">Whether it is taken negated.</param>
internal readonly record struct ComparisonFrame(bool Complement, BooleanJoin Join, int Predicate, bool PredicateNegated)
{
    public unsafe uint Combine(Warp warp, uint compared)
    {
        uint other = warp.Predicates[Predicate] ^ (PredicateNegated ? Lanes.All : 0);
        return Join switch
        {
            BooleanJoin.And => compared & other,
            BooleanJoin.Or => compared | other,
            BooleanJoin.Xor => compared ^ other,
            _ => compared,
        };
    }
}

/// <summary><c>setp</c>: a comparison to one or two predicates.</summary>
internal sealed unsafe class SetPredicate<T, TComparison>(int target, int? opposite, int a, int b, ComparisonFrame frame) : WarpInstruction
    where T : unmanaged
    where TComparison : struct, IComparison<T>
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Execute(Warp warp)
    {
        uint compared = Comparison.Lanes<T, TComparison>(warp, a, b) ^ (frame.Complement ? Lanes.All : 0);
        uint lanes = warp.Active;
        uint result = frame.Combine(warp, compared);
        uint inverse = opposite is null ? 0 : frame.Combine(warp, ~compared);
        warp.Predicates[target] = (warp.Predicates[target] & ~lanes) | (result & lanes);
        if (opposite is int second)
            warp.Predicates[second] = (warp.Predicates[second] & ~lanes) | (inverse & lanes);
    }
}

/// <summary><c>set</c>: a comparison to all ones, or 1.0, in a register.</summary>
internal sealed unsafe class SetValue<T, TComparison>(int target, uint whenTrue, int a, int b, ComparisonFrame frame) : WarpInstruction
    where T : unmanaged
    where TComparison : struct, IComparison<T>
{
    public override void Execute(Warp warp)
    {
        uint compared = Comparison.Lanes<T, TComparison>(warp, a, b) ^ (frame.Complement ? Lanes.All : 0);
        uint result = frame.Combine(warp, compared);
        uint* values = warp.At<uint>(target);
        for (uint rest = warp.Active; rest != 0; rest &= rest - 1)
        {
            int lane = Lanes.First(rest);
            values[lane] = (result >> lane & 1) != 0 ? whenTrue : 0;
        }
    }
}

internal static unsafe class Comparison
{
    /// <summary>The lanes in which a comparison holds.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Lanes<T, TComparison>(Warp warp, int a, int b)
        where T : unmanaged
        where TComparison : struct, IComparison<T>
    {
        T* left = warp.At<T>(a);
        T* right = warp.At<T>(b);
        uint lanes = 0;
        for (int lane = 0; lane < Execution.Lanes.Count; lane += Vector256<T>.Count)
            lanes |= TComparison.Invoke(Vector256.Load(left + lane), Vector256.Load(right + lane)).ExtractMostSignificantBits() << lane;
        return lanes;
    }
}

/// <summary><c>selp</c>.</summary>
internal sealed unsafe class Select<T>(int target, int a, int b, int predicate, bool negated) : WarpInstruction
    where T : unmanaged
{
    private readonly uint _flip = negated ? Lanes.All : 0;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Execute(Warp warp)
    {
        T* whenTrue = warp.At<T>(a);
        T* whenFalse = warp.At<T>(b);
        T* result = warp.At<T>(target);
        uint chosen = warp.Predicates[predicate] ^ _flip;
        uint lanes = warp.Active;
        for (int lane = 0; lane < Lanes.Count; lane += Vector256<T>.Count)
        {
            Vector256<T> value = Vector256.ConditionalSelect(
                Lanes.Mask<T>(chosen, lane), Vector256.Load(whenTrue + lane), Vector256.Load(whenFalse + lane));
            Lanes.Store(result, lanes, lane, value);
        }
    }
}

/// <summary><c>slct</c>: a where c is at least 0, else b; a c that is no number chooses b.</summary>
internal readonly struct SelectBySign<T, TCondition> : IScalarTernary<T, T, TCondition, T>
    where TCondition : unmanaged, System.Numerics.INumber<TCondition>
{
    public static T Invoke(T a, T b, TCondition c) => c >= TCondition.Zero ? a : b;
}

/// <summary>Logic on predicates: <c>and.pred</c>, <c>not.pred</c>, <c>mov.pred</c> and the like.</summary>
internal sealed unsafe class PredicateLogic(BooleanJoin join, int target, int a, bool negateA, int b, bool negateB) : WarpInstruction
{
    public override void Execute(Warp warp)
    {
        uint left = warp.Predicates[a] ^ (negateA ? Lanes.All : 0);
        uint right = warp.Predicates[b] ^ (negateB ? Lanes.All : 0);
        uint value = join switch
        {
            BooleanJoin.And => left & right,
            BooleanJoin.Or => left | right,
            BooleanJoin.Xor => left ^ right,
            _ => left,
        };
        uint lanes = warp.Active;
        warp.Predicates[target] = (warp.Predicates[target] & ~lanes) | (value & lanes);
    }
}
