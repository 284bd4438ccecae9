using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace GpuSer.PtxEmulator.Instructions;

// PTX ISA, "Floating Point Instructions", round to nearest even. A result that is not a number has PTX's one bit pattern.

/// <summary>The pattern of a result that is not a number: 0x7FFFFFFF, and in double 0x7FF8000000000000.</summary>
internal static class CanonicalNaN
{
    public const uint Single = 0x7FFFFFFF;

    public const ulong Double = 0x7FF8000000000000;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<T> Of<T>(Vector256<T> value)
        where T : unmanaged
    {
        Vector256<T> pattern = typeof(T) == typeof(float)
            ? Vector256.Create(Single).As<uint, T>()
            : Vector256.Create(Double).As<ulong, T>();
        return Vector256.ConditionalSelect(Vector256.Equals(value, value), value, pattern);
    }

    public static float Of(float value) => float.IsNaN(value) ? BitConverter.UInt32BitsToSingle(Single) : value;

    public static double Of(double value) => double.IsNaN(value) ? BitConverter.UInt64BitsToDouble(Double) : value;
}

internal readonly struct FloatAdd<T> : IVectorBinary<T>
    where T : unmanaged
{
    public static Vector256<T> Invoke(Vector256<T> a, Vector256<T> b) => CanonicalNaN.Of(a + b);
}

internal readonly struct FloatSubtract<T> : IVectorBinary<T>
    where T : unmanaged
{
    public static Vector256<T> Invoke(Vector256<T> a, Vector256<T> b) => CanonicalNaN.Of(a - b);
}

internal readonly struct FloatMultiply<T> : IVectorBinary<T>
    where T : unmanaged
{
    public static Vector256<T> Invoke(Vector256<T> a, Vector256<T> b) => CanonicalNaN.Of(a * b);
}

internal readonly struct FloatDivide<T> : IVectorBinary<T>
    where T : unmanaged
{
    public static Vector256<T> Invoke(Vector256<T> a, Vector256<T> b) => CanonicalNaN.Of(a / b);
}

internal readonly struct FusedMultiplyAdd<T> : IVectorTernary<T>
    where T : unmanaged
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<T> Invoke(Vector256<T> a, Vector256<T> b, Vector256<T> c)
    {
        Vector256<T> result = typeof(T) == typeof(float)
            ? Vector256.FusedMultiplyAdd(a.AsSingle(), b.AsSingle(), c.AsSingle()).As<float, T>()
            : Vector256.FusedMultiplyAdd(a.AsDouble(), b.AsDouble(), c.AsDouble()).As<double, T>();
        return CanonicalNaN.Of(result);
    }
}

/// <summary><c>min</c>: the operand that is a number where one is not; -0 is below +0.</summary>
internal readonly struct FloatMinimum<T> : IVectorBinary<T>
    where T : unmanaged
{
    public static Vector256<T> Invoke(Vector256<T> a, Vector256<T> b) => CanonicalNaN.Of(Vector256.MinNumber(a, b));
}

internal readonly struct FloatMaximum<T> : IVectorBinary<T>
    where T : unmanaged
{
    public static Vector256<T> Invoke(Vector256<T> a, Vector256<T> b) => CanonicalNaN.Of(Vector256.MaxNumber(a, b));
}

/// <summary><c>min.NaN</c>: no number where either operand is none.</summary>
internal readonly struct FloatMinimumNaN<T> : IVectorBinary<T>
    where T : unmanaged
{
    public static Vector256<T> Invoke(Vector256<T> a, Vector256<T> b) => CanonicalNaN.Of(Vector256.Min(a, b));
}

internal readonly struct FloatMaximumNaN<T> : IVectorBinary<T>
    where T : unmanaged
{
    public static Vector256<T> Invoke(Vector256<T> a, Vector256<T> b) => CanonicalNaN.Of(Vector256.Max(a, b));
}

internal readonly struct FloatAbsolute<T> : IVectorUnary<T>
    where T : unmanaged
{
    public static Vector256<T> Invoke(Vector256<T> a) => Vector256.Abs(a);
}

internal readonly struct FloatNegate<T> : IVectorUnary<T>
    where T : unmanaged
{
    public static Vector256<T> Invoke(Vector256<T> a) => -a;
}

internal readonly struct FloatSquareRoot<T> : IVectorUnary<T>
    where T : unmanaged
{
    public static Vector256<T> Invoke(Vector256<T> a) => CanonicalNaN.Of(Vector256.Sqrt(a));
}

internal readonly struct FloatReciprocal<T> : IVectorUnary<T>
    where T : unmanaged
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<T> Invoke(Vector256<T> a)
    {
        Vector256<T> one = typeof(T) == typeof(float) ? Vector256.Create(1f).As<float, T>() : Vector256.Create(1d).As<double, T>();
        return CanonicalNaN.Of(one / a);
    }
}

/// <summary><c>copysign</c>: the second operand with the first one's sign.</summary>
internal readonly struct CopySign<T> : IVectorBinary<T>
    where T : unmanaged
{
    public static Vector256<T> Invoke(Vector256<T> a, Vector256<T> b)
    {
        Vector256<T> sign = typeof(T) == typeof(float)
            ? Vector256.Create(0x80000000u).As<uint, T>()
            : Vector256.Create(0x8000000000000000ul).As<ulong, T>();
        return (a & sign) | Vector256.AndNot(b, sign);
    }
}
