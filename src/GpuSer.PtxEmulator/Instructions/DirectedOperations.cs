namespace GpuSer.PtxEmulator.Instructions;

// Floating operations under .rz, .rm and .rp, in both precisions.

internal readonly struct DirectedAdd<TMode> : IScalarBinary<float, float, float>, IScalarBinary<double, double, double>
    where TMode : struct, IRoundingMode
{
    public static float Invoke(float a, float b) => CanonicalNaN.Of(DirectedRounding.Sum(a, b, TMode.Mode));

    public static double Invoke(double a, double b) => CanonicalNaN.Of(DirectedRounding.Sum(a, b, TMode.Mode));
}

internal readonly struct DirectedSubtract<TMode> : IScalarBinary<float, float, float>, IScalarBinary<double, double, double>
    where TMode : struct, IRoundingMode
{
    public static float Invoke(float a, float b) => DirectedAdd<TMode>.Invoke(a, -b);

    public static double Invoke(double a, double b) => DirectedAdd<TMode>.Invoke(a, -b);
}

internal readonly struct DirectedMultiply<TMode> : IScalarBinary<float, float, float>, IScalarBinary<double, double, double>
    where TMode : struct, IRoundingMode
{
    public static float Invoke(float a, float b) => CanonicalNaN.Of(DirectedRounding.Product(a, b, TMode.Mode));

    public static double Invoke(double a, double b) => CanonicalNaN.Of(DirectedRounding.Product(a, b, TMode.Mode));
}

internal readonly struct DirectedDivide<TMode> : IScalarBinary<float, float, float>, IScalarBinary<double, double, double>
    where TMode : struct, IRoundingMode
{
    public static float Invoke(float a, float b) => CanonicalNaN.Of(DirectedRounding.Quotient(a, b, TMode.Mode));

    public static double Invoke(double a, double b) => CanonicalNaN.Of(DirectedRounding.Quotient(a, b, TMode.Mode));
}

internal readonly struct DirectedFusedMultiplyAdd<TMode> : IScalarTernary<float, float, float, float>, IScalarTernary<double, double, double, double>
    where TMode : struct, IRoundingMode
{
    public static float Invoke(float a, float b, float c) => CanonicalNaN.Of(DirectedRounding.Fused(a, b, c, TMode.Mode));

    public static double Invoke(double a, double b, double c) => CanonicalNaN.Of(DirectedRounding.Fused(a, b, c, TMode.Mode));
}

internal readonly struct DirectedSquareRoot<TMode> : IScalarUnary<float, float>, IScalarUnary<double, double>
    where TMode : struct, IRoundingMode
{
    public static float Invoke(float a) => CanonicalNaN.Of(DirectedRounding.Root(a, TMode.Mode));

    public static double Invoke(double a) => CanonicalNaN.Of(DirectedRounding.Root(a, TMode.Mode));
}

internal readonly struct DirectedReciprocal<TMode> : IScalarUnary<float, float>, IScalarUnary<double, double>
    where TMode : struct, IRoundingMode
{
    public static float Invoke(float a) => DirectedDivide<TMode>.Invoke(1f, a);

    public static double Invoke(double a) => DirectedDivide<TMode>.Invoke(1d, a);
}
