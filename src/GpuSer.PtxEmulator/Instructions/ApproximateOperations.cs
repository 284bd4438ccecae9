namespace GpuSer.PtxEmulator.Instructions;

// The .approx functions, computed in double and rounded once: closer than the errors the PTX manual allows the device.

internal readonly struct SquareRootApproximate : IScalarUnary<float, float>
{
    public static float Invoke(float a) => CanonicalNaN.Of(MathF.Sqrt(a));
}

internal readonly struct ReciprocalRoot : IScalarUnary<float, float>
{
    public static float Invoke(float a) => CanonicalNaN.Of((float)(1 / Math.Sqrt(a)));
}

internal readonly struct ReciprocalRootDouble : IScalarUnary<double, double>
{
    public static double Invoke(double a) => CanonicalNaN.Of(1 / Math.Sqrt(a));
}

internal readonly struct Sine : IScalarUnary<float, float>
{
    public static float Invoke(float a) => CanonicalNaN.Of((float)Math.Sin(a));
}

internal readonly struct Cosine : IScalarUnary<float, float>
{
    public static float Invoke(float a) => CanonicalNaN.Of((float)Math.Cos(a));
}

internal readonly struct LogarithmBase2 : IScalarUnary<float, float>
{
    public static float Invoke(float a) => CanonicalNaN.Of((float)Math.Log2(a));
}

internal readonly struct ExponentialBase2 : IScalarUnary<float, float>
{
    public static float Invoke(float a) => CanonicalNaN.Of((float)Math.Pow(2, a));
}

internal readonly struct HyperbolicTangent : IScalarUnary<float, float>
{
    public static float Invoke(float a) => CanonicalNaN.Of((float)Math.Tanh(a));
}

/// <summary><c>div.approx</c>: a * (1/b), which for |b| above 2^126 is 0, or no number where a is infinite.</summary>
internal readonly struct DivideApproximate : IScalarBinary<float, float, float>
{
    private const float Huge = 8.50705917e37f;

    public static float Invoke(float a, float b)
    {
        if (MathF.Abs(b) > Huge && float.IsFinite(b))
            return float.IsInfinity(a) || float.IsNaN(a) ? CanonicalNaN.Of(float.NaN) : MathF.CopySign(0, a) * MathF.CopySign(1, b);
        return CanonicalNaN.Of(a / b);
    }
}
