namespace GpuSer.Features.Tonnetz;

/// <summary>
/// The filter that takes a signal to half its rate: libsoxr's HQ recipe at 2:1, which is a sinc under a Kaiser window. Its
/// cutoff, half width and beta are fitted to the measured impulse response, and reproduce it to 3e-8.
/// </summary>
internal static class HalvingTables
{
    /// <summary>Taps kept; those further out are under 2e-7.</summary>
    public const int Taps = 383;

    /// <summary>The tap at the output's own sample: <c>y[n] = sum Filter[k] x[2 n + k - Centre]</c>.</summary>
    public const int Centre = Taps / 2;

    private const double Cutoff = 0.478435914;
    private const double HalfWidth = 194.5;
    private const double Beta = 13.04;

    /// <summary>The symmetric filter, of gain 1 at 0 Hz. [Taps]</summary>
    public static float[] Filter { get; } = [.. Enumerable.Range(0, Taps).Select(k => (float)Tap(k - Centre))];

    private static double Tap(int offset)
    {
        double window = BesselI0(Beta * Math.Sqrt(1 - (offset * offset / (HalfWidth * HalfWidth)))) / BesselI0(Beta);
        double sinc = offset == 0 ? Cutoff : Math.Sin(Math.PI * Cutoff * offset) / (Math.PI * offset);
        return sinc * window;
    }

    /// <summary>Modified Bessel function of the first kind and order 0, by its power series.</summary>
    internal static double BesselI0(double x)
    {
        double term = 1, sum = 1;
        for (int k = 1; term > sum * 1e-17; k++)
        {
            term *= x * x / (4.0 * k * k);
            sum += term;
        }

        return sum;
    }
}
