using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace GpuSer.PtxEmulator.Instructions;

/// <summary><c>.ftz</c>: subnormal inputs and results become zero of their sign.</summary>
internal static class Flush
{
    private const float SmallestNormal = 1.17549435e-38f;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Of(Vector256<float> value)
    {
        Vector256<float> isSmall = Vector256.LessThan(Vector256.Abs(value), Vector256.Create(SmallestNormal));
        Vector256<float> sign = value & Vector256.Create(-0f);
        return Vector256.ConditionalSelect(isSmall, sign, value);
    }

    public static float Of(float value) => MathF.Abs(value) < SmallestNormal ? MathF.CopySign(0, value) : value;
}

/// <summary><c>.sat</c>: results limited to 0 to 1, and +0 where they are no number.</summary>
internal static class Saturate
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<T> Of<T>(Vector256<T> value)
        where T : unmanaged
    {
        Vector256<T> one = typeof(T) == typeof(float) ? Vector256.Create(1f).As<float, T>() : Vector256.Create(1d).As<double, T>();
        Vector256<T> below = Vector256.ConditionalSelect(Vector256.LessThan(value, one), value, one);
        Vector256<T> isPositive = Vector256.GreaterThan(value, Vector256<T>.Zero);
        return Vector256.ConditionalSelect(isPositive, below, Vector256<T>.Zero);
    }

    public static double Of(double value) => value > 0 ? Math.Min(value, 1) : 0;
}

internal readonly struct FlushedUnary<TOperation> : IVectorUnary<float>
    where TOperation : struct, IVectorUnary<float>
{
    public static Vector256<float> Invoke(Vector256<float> a) => Flush.Of(TOperation.Invoke(Flush.Of(a)));
}

internal readonly struct FlushedBinary<TOperation> : IVectorBinary<float>
    where TOperation : struct, IVectorBinary<float>
{
    public static Vector256<float> Invoke(Vector256<float> a, Vector256<float> b) =>
        Flush.Of(TOperation.Invoke(Flush.Of(a), Flush.Of(b)));
}

internal readonly struct FlushedTernary<TOperation> : IVectorTernary<float>
    where TOperation : struct, IVectorTernary<float>
{
    public static Vector256<float> Invoke(Vector256<float> a, Vector256<float> b, Vector256<float> c) =>
        Flush.Of(TOperation.Invoke(Flush.Of(a), Flush.Of(b), Flush.Of(c)));
}

internal readonly struct SaturatedBinary<T, TOperation> : IVectorBinary<T>
    where T : unmanaged
    where TOperation : struct, IVectorBinary<T>
{
    public static Vector256<T> Invoke(Vector256<T> a, Vector256<T> b) => Saturate.Of(TOperation.Invoke(a, b));
}

internal readonly struct SaturatedTernary<T, TOperation> : IVectorTernary<T>
    where T : unmanaged
    where TOperation : struct, IVectorTernary<T>
{
    public static Vector256<T> Invoke(Vector256<T> a, Vector256<T> b, Vector256<T> c) => Saturate.Of(TOperation.Invoke(a, b, c));
}

internal readonly struct FlushedScalar<TOperation> : IScalarUnary<float, float>
    where TOperation : struct, IScalarUnary<float, float>
{
    public static float Invoke(float a) => Flush.Of(TOperation.Invoke(Flush.Of(a)));
}

internal readonly struct FlushedScalarBinary<TOperation> : IScalarBinary<float, float, float>
    where TOperation : struct, IScalarBinary<float, float, float>
{
    public static float Invoke(float a, float b) => Flush.Of(TOperation.Invoke(Flush.Of(a), Flush.Of(b)));
}

internal readonly struct FlushedScalarTernary<TOperation> : IScalarTernary<float, float, float, float>
    where TOperation : struct, IScalarTernary<float, float, float, float>
{
    public static float Invoke(float a, float b, float c) => Flush.Of(TOperation.Invoke(Flush.Of(a), Flush.Of(b), Flush.Of(c)));
}
