using GpuSer.Features.Tonnetz;

namespace GpuSer.Audio;

/// <summary>The interpolating filter of a change of speed: a sinc under a Kaiser window, at 256 fractions of a sample.</summary>
internal static class SincTable
{
    /// <summary>Samples that a value is made from.</summary>
    public const int Taps = 16;

    /// <summary>How many of them lie before the value's position, less the one at or just before it.</summary>
    public const int Before = (Taps / 2) - 1;

    /// <summary>Fractions of a sample that the filter is given at.</summary>
    public const int Fractions = 256;

    private const double Beta = 7;

    /// <summary>Pairs: a tap at a fraction, and what the next fraction's is more. [Fractions, Taps, 2]</summary>
    public static float[] Values { get; } = Make();

    private static float[] Make()
    {
        float[] values = new float[Fractions * Taps * 2];
        double[] taps = At(0);
        for (int f = 0; f < Fractions; f++)
        {
            double[] next = At((f + 1.0) / Fractions);
            for (int k = 0; k < Taps; k++)
            {
                int at = 2 * ((f * Taps) + k);
                values[at] = (float)taps[k];
                values[at + 1] = (float)(next[k] - taps[k]);
            }

            taps = next;
        }

        return values;
    }

    // Of sum 1, so that a constant stays what it is.
    private static double[] At(double fraction)
    {
        double[] taps = [.. Enumerable.Range(0, Taps).Select(k => Tap(k - Before - fraction))];
        double sum = taps.Sum();
        return [.. taps.Select(tap => tap / sum)];
    }

    private static double Tap(double distance)
    {
        const double Reach = Taps / 2;
        if (Math.Abs(distance) >= Reach)
            return 0;
        if (distance == Math.Floor(distance))
            return distance == 0 ? 1 : 0;
        double window = HalvingTables.BesselI0(Beta * Math.Sqrt(1 - (distance * distance / (Reach * Reach)))) / HalvingTables.BesselI0(Beta);
        return Math.Sin(Math.PI * distance) / (Math.PI * distance) * window;
    }
}
