using GpuSer.Features.Stft;

namespace GpuSer.Features.Contrast;

/// <summary>One octave band of the spectral contrast.</summary>
/// <param name="First">First bin.</param>
/// <param name="End">The bin after the last.</param>
/// <param name="Quantile">How many of the largest, and of the smallest, bins are averaged.</param>
internal readonly record struct ContrastBand(int First, int End, int Quantile);

/// <summary>Bands of the spectral contrast (Jiang et al., "Music type classification by spectral contrast feature", 2002).</summary>
internal static class ContrastTables
{
    /// <summary>Bands, the one under 200 Hz included.</summary>
    public const int Count = 7;

    private const double LowestEdge = 200;
    private const double Share = 0.02;

    /// <summary>The bands, from the lowest. [Count]</summary>
    public static ContrastBand[] Bands { get; } = [.. Enumerable.Range(0, Count).Select(Make)];

    private static ContrastBand Make(int band)
    {
        double low = band == 0 ? 0 : LowestEdge * Math.Pow(2, band - 1);
        double high = LowestEdge * Math.Pow(2, band);
        int first = Enumerable.Range(0, StftTables.Bins).First(bin => StftTables.Frequency(bin) >= low);
        int end = Enumerable.Range(0, StftTables.Bins).Last(bin => StftTables.Frequency(bin) <= high) + 1;
        bool lowest = band == 0, highest = band == Count - 1;
        first -= lowest ? 0 : 1;
        end = highest ? StftTables.Bins : end;
        int quantile = Math.Max(1, (int)Math.Round(Share * (end - first), MidpointRounding.ToEven));
        return new ContrastBand(first, end - (highest ? 0 : 1), quantile);
    }
}
