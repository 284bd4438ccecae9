using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using GpuSer.PtxEmulator.Execution;

namespace GpuSer.PtxEmulator.Instructions;

// The parts of a double-width product: mul.hi, mul.wide, mul24 and the mad forms of each.

internal readonly struct MultiplyHigh<T> : IScalarBinary<T, T, T>
    where T : unmanaged, IBinaryInteger<T>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Invoke(T a, T b)
    {
        if (typeof(T) == typeof(ulong))
            return T.CreateTruncating(Math.BigMul(ulong.CreateTruncating(a), ulong.CreateTruncating(b), out _));
        if (typeof(T) == typeof(long))
            return T.CreateTruncating(Math.BigMul(long.CreateTruncating(a), long.CreateTruncating(b), out _));
        long product = long.CreateTruncating(a) * long.CreateTruncating(b); // exact for 16 and signed 32 bits, modulo 2^64 for unsigned
        return T.CreateTruncating(typeof(T) == typeof(uint) ? (long)((ulong)product >> 32) : product >> (8 * Unsafe.SizeOf<T>()));
    }
}

internal readonly struct MultiplyHighAdd<T> : IScalarTernary<T, T, T, T>
    where T : unmanaged, IBinaryInteger<T>
{
    public static T Invoke(T a, T b, T c) => unchecked(MultiplyHigh<T>.Invoke(a, b) + c);
}

internal readonly struct MultiplyWide<T, TWide> : IScalarBinary<T, T, TWide>
    where T : unmanaged, IBinaryInteger<T>
    where TWide : unmanaged, IBinaryInteger<TWide>
{
    public static TWide Invoke(T a, T b) => TWide.CreateTruncating(a) * TWide.CreateTruncating(b);
}

internal readonly struct MultiplyWideAdd<T, TWide> : IScalarTernary<T, T, TWide, TWide>
    where T : unmanaged, IBinaryInteger<T>
    where TWide : unmanaged, IBinaryInteger<TWide>
{
    public static TWide Invoke(T a, T b, TWide c) => unchecked((TWide.CreateTruncating(a) * TWide.CreateTruncating(b)) + c);
}

/// <summary><c>mul24.lo</c>: the low 32 bits of the product of the low 24.</summary>
internal readonly struct Multiply24<T> : IScalarBinary<T, T, T>
    where T : unmanaged, IBinaryInteger<T>
{
    public static T Invoke(T a, T b) => unchecked(Low(a) * Low(b));

    public static T Low(T a) => (a << 8) >> 8;
}

internal readonly struct Multiply24Add<T> : IScalarTernary<T, T, T, T>
    where T : unmanaged, IBinaryInteger<T>
{
    public static T Invoke(T a, T b, T c) => unchecked(Multiply24<T>.Invoke(a, b) + c);
}

/// <summary>Widens 32 bits to 64, by sign where the type has one.</summary>
internal static class Widening
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (Vector256<ulong> Lower, Vector256<ulong> Upper) Of<T>(Vector256<T> value)
        where T : unmanaged
    {
        if (typeof(T) == typeof(int))
        {
            (Vector256<long> lower, Vector256<long> upper) = Vector256.Widen(value.AsInt32());
            return (lower.AsUInt64(), upper.AsUInt64());
        }

        return Vector256.Widen(value.AsUInt32());
    }
}

/// <summary><c>mul.wide</c> of 32 bits, the usual step from an index to an address.</summary>
internal sealed unsafe class WideProduct<T>(int target, int a, int b) : WarpInstruction
    where T : unmanaged
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Execute(Warp warp)
    {
        T* left = warp.At<T>(a);
        T* right = warp.At<T>(b);
        ulong* result = warp.At<ulong>(target);
        uint lanes = warp.Active;
        for (int lane = 0; lane < Lanes.Count; lane += 8)
        {
            (Vector256<ulong> leftLower, Vector256<ulong> leftUpper) = Widening.Of(Vector256.Load(left + lane));
            (Vector256<ulong> rightLower, Vector256<ulong> rightUpper) = Widening.Of(Vector256.Load(right + lane));
            Lanes.Store(result, lanes, lane, leftLower * rightLower);
            Lanes.Store(result, lanes, lane + 4, leftUpper * rightUpper);
        }
    }
}

/// <summary><c>cvt</c> from 32 to 64 bits.</summary>
internal sealed unsafe class Widen<T>(int target, int a) : WarpInstruction
    where T : unmanaged
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Execute(Warp warp)
    {
        T* source = warp.At<T>(a);
        ulong* result = warp.At<ulong>(target);
        uint lanes = warp.Active;
        for (int lane = 0; lane < Lanes.Count; lane += 8)
        {
            (Vector256<ulong> lower, Vector256<ulong> upper) = Widening.Of(Vector256.Load(source + lane));
            Lanes.Store(result, lanes, lane, lower);
            Lanes.Store(result, lanes, lane + 4, upper);
        }
    }
}

/// <summary><c>cvt</c> from 64 to 32 bits.</summary>
internal sealed unsafe class Narrow(int target, int a) : WarpInstruction
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Execute(Warp warp)
    {
        ulong* source = warp.At<ulong>(a);
        uint* result = warp.At<uint>(target);
        uint lanes = warp.Active;
        for (int lane = 0; lane < Lanes.Count; lane += 8)
            Lanes.Store(result, lanes, lane, Vector256.Narrow(Vector256.Load(source + lane), Vector256.Load(source + lane + 4)));
    }
}
