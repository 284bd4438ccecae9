namespace GpuSer.Verification;

/// <summary>What a device made, compared with what it should be.</summary>
/// <param name="What">The stage, as in the golden files, or the kernels compared.</param>
/// <param name="Signal">The signal or batch it was made of.</param>
/// <param name="Error">How far it is off: a relative error, the largest error over its tolerance, or how many values are not equal.</param>
/// <param name="Limit">The most that is allowed.</param>
internal sealed record Comparison(string What, string Signal, double Error, double Limit)
{
    /// <summary>Whether it is within its limit; what is not a number is not.</summary>
    public bool Passed => Error <= Limit;

    /// <summary>Error over limit; where everything must be equal, 0 or infinite.</summary>
    public double Share => Error == 0 ? 0 : Error / Limit;

    /// <summary>Compares values that must be equal, bit by bit but for the sign of zero.</summary>
    internal static Comparison Equal<T>(string what, string signal, ReadOnlySpan<T> actual, ReadOnlySpan<T> expected)
        where T : IEquatable<T>
    {
        int unequal = Math.Abs(actual.Length - expected.Length);
        for (int i = 0; i < Math.Min(actual.Length, expected.Length); i++)
            unequal += actual[i].Equals(expected[i]) ? 0 : 1;
        return new Comparison(what, signal, unequal, 0);
    }
}
