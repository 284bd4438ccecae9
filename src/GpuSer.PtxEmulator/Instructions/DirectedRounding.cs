using System.Numerics;

namespace GpuSer.PtxEmulator.Instructions;

/// <summary>PTX's rounding modes, of results (<c>.rz</c>) and to whole numbers (<c>.rzi</c>).</summary>
internal enum Rounding
{
    Nearest,
    Zero,
    Down,
    Up,
}

/// <summary>
/// Arithmetic with a directed rounding: the nearest result, moved to its neighbour where the exact error, which the
/// error-free transformations give, lies on the other side (Knuth's two-sum; Dekker's product by fused multiply-add).
/// </summary>
internal static class DirectedRounding
{
    /// <summary>Moves the nearest result to the directed one; <paramref name="error"/> is exact minus nearest, or its sign.</summary>
    public static T Adjust<T>(T nearest, double error, Rounding rounding)
        where T : IBinaryFloatingPointIeee754<T>
    {
        if (T.IsNaN(nearest) || error == 0 || double.IsNaN(error))
            return nearest;
        bool toZero = rounding == Rounding.Zero;
        bool down = rounding == Rounding.Down || (toZero && (nearest > T.Zero || (nearest == T.Zero && error > 0)));
        bool up = rounding == Rounding.Up || (toZero && !down);
        if (down && error < 0)
            return T.BitDecrement(nearest);
        return up && error > 0 ? T.BitIncrement(nearest) : nearest;
    }

    /// <summary>Rounds a double that stands for <c>value + error</c> to single precision.</summary>
    public static float ToSingle(double value, double error, Rounding rounding)
    {
        var nearest = (float)value;
        if (double.IsInfinity(value) || double.IsNaN(value))
            return nearest;
        double rest = value - nearest;
        return Adjust(nearest, rest != 0 ? rest : error, rounding);
    }

    /// <summary>The error of <c>a + b</c> rounded to <paramref name="sum"/>.</summary>
    public static double SumError(double a, double b, double sum)
    {
        if (!double.IsFinite(sum))
            return double.IsFinite(a) && double.IsFinite(b) ? -sum : 0; // overflow: the exact sum is nearer zero
        double other = sum - a;
        return (a - (sum - other)) + (b - other);
    }

    public static float Sum(float a, float b, Rounding rounding)
    {
        double sum = (double)a + b;
        return SignedZero(ToSingle(sum, SumError(a, b, sum), rounding), a, b, rounding);
    }

    public static double Sum(double a, double b, Rounding rounding)
    {
        double sum = a + b;
        return SignedZero(Adjust(sum, SumError(a, b, sum), rounding), a, b, rounding);
    }

    public static float Product(float a, float b, Rounding rounding) => ToSingle((double)a * b, 0, rounding);

    public static double Product(double a, double b, Rounding rounding)
    {
        double product = a * b;
        double error = double.IsFinite(product) ? Math.FusedMultiplyAdd(a, b, -product)
            : double.IsFinite(a) && double.IsFinite(b) ? -product : 0;
        return Adjust(product, error, rounding);
    }

    public static float Fused(float a, float b, float c, Rounding rounding)
    {
        double product = (double)a * b;
        double sum = product + c;
        return SignedZero(ToSingle(sum, SumError(product, c, sum), rounding), product, c, rounding);
    }

    public static double Fused(double a, double b, double c, Rounding rounding)
    {
        double nearest = Math.FusedMultiplyAdd(a, b, c);
        if (!double.IsFinite(nearest))
            return double.IsFinite(a) && double.IsFinite(b) && double.IsFinite(c) ? Adjust(nearest, -nearest, rounding) : nearest;
        double high = a * b; // the exact value is high + low + c
        double low = Math.FusedMultiplyAdd(a, b, -high);
        double sum = low + c;
        double sumError = SumError(low, c, sum);
        double total = high + sum;
        double error = (total - nearest) + (SumError(high, sum, total) + sumError);
        return SignedZero(Adjust(nearest, error, rounding), high, c, rounding);
    }

    public static float Quotient(float a, float b, Rounding rounding)
    {
        double quotient = (double)a / b;
        return ToSingle(quotient, QuotientError(a, b, quotient), rounding);
    }

    public static double Quotient(double a, double b, Rounding rounding)
    {
        double quotient = a / b;
        return Adjust(quotient, QuotientError(a, b, quotient), rounding);
    }

    public static float Root(float a, Rounding rounding)
    {
        double root = Math.Sqrt(a);
        return ToSingle(root, RootError(a, root), rounding);
    }

    public static double Root(double a, Rounding rounding)
    {
        double root = Math.Sqrt(a);
        return Adjust(root, RootError(a, root), rounding);
    }

    /// <summary>Rounds to a whole number.</summary>
    public static double Integral(double value, Rounding rounding) => rounding switch
    {
        Rounding.Zero => Math.Truncate(value),
        Rounding.Down => Math.Floor(value),
        Rounding.Up => Math.Ceiling(value),
        _ => Math.Round(value, MidpointRounding.ToEven),
    };

    private static double QuotientError(double a, double b, double quotient)
    {
        if (!double.IsFinite(quotient))
            return double.IsFinite(a) && b != 0 ? -quotient : 0;
        return -Math.FusedMultiplyAdd(quotient, b, -a) * Math.Sign(double.IsNaN(b) ? 0 : b);
    }

    private static double RootError(double a, double root) => double.IsFinite(root) ? -Math.FusedMultiplyAdd(root, root, -a) : 0;

    /// <summary>An exact zero of two opposite terms is -0 when rounding down.</summary>
    private static T SignedZero<T>(T result, double a, double b, Rounding rounding)
        where T : IBinaryFloatingPointIeee754<T> =>
        rounding == Rounding.Down && T.IsZero(result) && (double.IsNegative(a) || double.IsNegative(b)) && a == -b ? T.NegativeZero : result;
}

internal interface IRoundingMode
{
    static abstract Rounding Mode { get; }
}

internal readonly struct TowardsZero : IRoundingMode
{
    public static Rounding Mode => Rounding.Zero;
}

internal readonly struct TowardsMinusInfinity : IRoundingMode
{
    public static Rounding Mode => Rounding.Down;
}

internal readonly struct TowardsPlusInfinity : IRoundingMode
{
    public static Rounding Mode => Rounding.Up;
}
