using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using GpuSer.PtxEmulator.Execution;

namespace GpuSer.PtxEmulator.Instructions;

// cvt (PTX ISA, "Data Movement and Conversion Instructions"). Registers may be wider than the types converted between: the
// source's low bytes are read, the result is extended by its own sign to the whole register.

/// <summary>Integer to integer.</summary>
internal sealed unsafe class IntegerToInteger<TFrom, TSource, TTo, TTarget>(int target, int a, bool saturate) : WarpInstruction
    where TFrom : unmanaged, IBinaryInteger<TFrom>
    where TSource : unmanaged, IBinaryInteger<TSource>
    where TTo : unmanaged, IBinaryInteger<TTo>
    where TTarget : unmanaged, IBinaryInteger<TTarget>
{
    public override void Execute(Warp warp)
    {
        TSource* source = warp.At<TSource>(a);
        TTarget* result = warp.At<TTarget>(target);
        for (uint rest = warp.Active; rest != 0; rest &= rest - 1)
        {
            int lane = Lanes.First(rest);
            TFrom from = TFrom.CreateTruncating(source[lane]);
            TTo to = saturate ? TTo.CreateSaturating(from) : TTo.CreateTruncating(from);
            result[lane] = TTarget.CreateTruncating(to);
        }
    }
}

/// <summary>Integer to floating.</summary>
internal sealed unsafe class IntegerToFloat<TFrom, TSource, TTo>(int target, int a, Rounding rounding, bool saturate) : WarpInstruction
    where TFrom : unmanaged, IBinaryInteger<TFrom>
    where TSource : unmanaged, IBinaryInteger<TSource>
    where TTo : unmanaged, IBinaryFloatingPointIeee754<TTo>
{
    public override void Execute(Warp warp)
    {
        TSource* source = warp.At<TSource>(a);
        TTo* result = warp.At<TTo>(target);
        for (uint rest = warp.Active; rest != 0; rest &= rest - 1)
        {
            int lane = Lanes.First(rest);
            TFrom from = TFrom.CreateTruncating(source[lane]);
            TTo to = TTo.CreateTruncating(from);
            if (rounding != Rounding.Nearest)
                to = DirectedRounding.Adjust(to, ErrorOf(from, to), rounding);
            result[lane] = saturate ? TTo.Clamp(to, TTo.Zero, TTo.One) : to;
        }
    }

    /// <summary>The sign of exact minus converted.</summary>
    private static double ErrorOf(TFrom from, TTo to)
    {
        Int128 exact = Int128.CreateTruncating(from);
        return TTo.IsFinite(to) ? (double)(exact - Int128.CreateTruncating(to)) : -double.CreateTruncating(to);
    }
}

/// <summary>Floating to integer: limited to the integer's range, no number becomes 0, or in 64 bits the highest bit.</summary>
internal sealed unsafe class FloatToInteger<TFrom, TTo, TTarget>(int target, int a, Rounding rounding, bool flush) : WarpInstruction
    where TFrom : unmanaged, IBinaryFloatingPointIeee754<TFrom>
    where TTo : unmanaged, IBinaryInteger<TTo>
    where TTarget : unmanaged, IBinaryInteger<TTarget>
{
    private static bool IsWide => sizeof(TFrom) == 8 || sizeof(TTo) == 8;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Execute(Warp warp)
    {
        TFrom* source = warp.At<TFrom>(a);
        TTarget* result = warp.At<TTarget>(target);
        for (uint rest = warp.Active; rest != 0; rest &= rest - 1)
        {
            int lane = Lanes.First(rest);
            double from = double.CreateTruncating(source[lane]);
            if (flush)
                from = Flush.Of((float)from);
            result[lane] = TTarget.CreateTruncating(Convert(from));
        }
    }

    private TTo Convert(double value)
    {
        if (double.IsNaN(value))
            return IsWide ? TTo.One << ((8 * sizeof(TTo)) - 1) : TTo.Zero;
        return TTo.CreateSaturating(DirectedRounding.Integral(value, rounding));
    }
}

/// <summary>Floating to floating: another precision, or a whole number of the same.</summary>
internal sealed unsafe class FloatToFloat<TFrom, TTo>(int target, int a, Rounding? integral, Rounding rounding, bool flush, bool saturate)
    : WarpInstruction
    where TFrom : unmanaged, IBinaryFloatingPointIeee754<TFrom>
    where TTo : unmanaged, IBinaryFloatingPointIeee754<TTo>
{
    public override void Execute(Warp warp)
    {
        TFrom* source = warp.At<TFrom>(a);
        TTo* result = warp.At<TTo>(target);
        for (uint rest = warp.Active; rest != 0; rest &= rest - 1)
        {
            int lane = Lanes.First(rest);
            double from = double.CreateTruncating(source[lane]);
            if (flush && sizeof(TFrom) == 4)
                from = Flush.Of((float)from);
            if (integral is Rounding whole)
                from = DirectedRounding.Integral(from, whole);
            if (saturate)
                from = Saturate.Of(from);
            result[lane] = Narrow(from);
        }
    }

    private TTo Narrow(double value)
    {
        TTo nearest = TTo.CreateTruncating(value);
        if (typeof(TTo) == typeof(float))
            nearest = TTo.CreateTruncating(CanonicalNaN.Of((float)value));
        if (rounding != Rounding.Nearest && double.IsFinite(value))
            nearest = DirectedRounding.Adjust(nearest, value - double.CreateTruncating(nearest), rounding);
        if (flush && typeof(TTo) == typeof(float))
            nearest = TTo.CreateTruncating(Flush.Of(float.CreateTruncating(nearest)));
        return nearest;
    }
}

/// <summary><c>cvt.rn.f32.s32</c>, vectorised since index arithmetic is full of it.</summary>
internal sealed unsafe class SignedToSingle(int target, int a) : WarpInstruction
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Execute(Warp warp)
    {
        int* source = warp.At<int>(a);
        float* result = warp.At<float>(target);
        uint lanes = warp.Active;
        for (int lane = 0; lane < Lanes.Count; lane += 8)
            Lanes.Store(result, lanes, lane, Vector256.ConvertToSingle(Vector256.Load(source + lane)));
    }
}
