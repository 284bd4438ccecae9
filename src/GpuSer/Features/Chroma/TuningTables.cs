namespace GpuSer.Features.Chroma;

/// <summary>The hundred tunings that can be found, and the exact edges by which a frequency is given one.</summary>
internal static class TuningTables
{
    /// <summary>Histogram bins of the residual over [-0.5, 0.5), so tunings.</summary>
    public const int Count = 100;

    /// <summary>The tuning 0 of a signal without any peak.</summary>
    public const int None = Count / 2;

    /// <summary>Frequency that residuals are counted from: A0.</summary>
    public const double Reference = 27.5;

    /// <summary>First bin whose frequency is at least 150 Hz.</summary>
    public const int FirstBin = 14;

    /// <summary>The bin after the last whose frequency is under 4 kHz.</summary>
    public const int EndBin = 372;

    /// <summary>Left edge of a histogram bin, in fractions of a step between pitches. In [-0.5, 0.49].</summary>
    public static double Value(int index) => -0.5 + (index * (1.0 / Count));

    /// <summary>
    /// Edges over one octave: a frequency of <c>27.5 * 2^n * m</c>, m in [1, 2), with e the number of edges at or under m, less one,
    /// is in histogram bin <c>(e + 50) mod 100</c>. [Count * binsPerOctave], ascending, the first is 1.
    /// </summary>
    public static double[] OctaveEdges(int binsPerOctave)
    {
        double[] edges = new double[Count * binsPerOctave];
        for (int i = 0; i < edges.Length; i++)
        {
            edges[i] = Math.Pow(2, (double)i / edges.Length);
        }

        return edges;
    }
}
