using GpuSer.Features.Stft;

namespace GpuSer.Features.Mel;

/// <summary>Triangles on Slaney's mel scale, each of unit area in Hz, over 0 Hz to the Nyquist frequency (M. Slaney, Auditory Toolbox, 1998).</summary>
internal static class MelTables
{
    /// <summary>Bands of the mel spectrum that the image shows and the MFCCs are made from.</summary>
    public const int Bands = 128;

    /// <summary>Bands of the mel spectra of the harmonic and the percussive signal.</summary>
    public const int HpssBands = 64;

    /// <summary>The bank of the mel spectrum. [Bands, 1025]</summary>
    public static SparseBank Bank { get; } = Make(Bands);

    /// <summary>The bank of the harmonic and percussive mel spectra. [HpssBands, 1025]</summary>
    public static SparseBank HpssBank { get; } = Make(HpssBands);

    private static SparseBank Make(int bands)
    {
        double highest = HzToMel(StftTables.SampleRate / 2.0);
        double[] edge = new double[bands + 2];
        for (int i = 0; i < edge.Length; i++)
        {
            edge[i] = MelToHz(highest * i / (bands + 1));
        }

        double[,] dense = new double[bands, StftTables.Bins];
        for (int band = 0; band < bands; band++)
        {
            (double low, double centre, double high) = (edge[band], edge[band + 1], edge[band + 2]);
            for (int bin = 0; bin < StftTables.Bins; bin++)
            {
                double f = StftTables.Frequency(bin);
                double height = Math.Min((f - low) / (centre - low), (high - f) / (high - centre));
                dense[band, bin] = Math.Max(0, height) * 2 / (high - low);
            }
        }

        return SparseBank.FromDense(dense);
    }

    // Linear below 1 kHz (15 mel), logarithmic above: 27 mel for a factor of 6.4.
    private static double HzToMel(double hz) => hz < 1000 ? hz * 3 / 200 : 15 + (27 * Math.Log(hz / 1000) / Math.Log(6.4));

    private static double MelToHz(double mel) => mel < 15 ? mel * 200 / 3 : 1000 * Math.Exp((mel - 15) * Math.Log(6.4) / 27);
}
