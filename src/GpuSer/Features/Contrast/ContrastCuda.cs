using GpuSer.Cuda;

namespace GpuSer.Features.Contrast;

/// <summary>Spectral contrast for batches of one shape: a kernel selects peaks and valleys, another turns them into decibels.</summary>
internal sealed class ContrastCuda : IDisposable
{
    // kernels/contrast/contrast.cu: lanes of a warp, threads of the second kernel's blocks, means kept for a frame, limits of a band.
    private const int Warp = 32;
    private const int Block = 256;
    private const int MostBands = 8;
    private const int MostBins = 14 * Warp;
    private const int MostQuantile = 14;

    private readonly long _signalFrames;
    private readonly DeviceBuffer<int> _bands;

    /// <summary>Makes the table and the launches.</summary>
    /// <param name="kernels">The loaded kernels.</param>
    /// <param name="batch">Signals.</param>
    /// <param name="frames">Frames of each.</param>
    /// <param name="spectrum">Device address of the complex spectrum. [shape=(batch, frames, spectrumPitch)]</param>
    /// <param name="spectrumPitch">Complex values from one frame to the next.</param>
    /// <param name="rows">Device address of the rows. [shape=(batch, frames, rowPitch)]</param>
    /// <param name="rowPitch">Floats from one frame to the next.</param>
    /// <param name="column">First of the 7 columns to write.</param>
    /// <param name="bands">The bands, at most 8 of at most 448 bins; null for the recipe's.</param>
    public ContrastCuda(
        FeatureKernels kernels, int batch, int frames, ulong spectrum, int spectrumPitch, ulong rows, int rowPitch, int column, ContrastBand[]? bands = null)
    {
        CudaContext context = kernels.Context;
        Bands = bands ?? ContrastTables.Bands;
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Bands.Length, MostBands, nameof(bands));
        foreach (ContrastBand band in Bands)
        {
            int bins = band.End - band.First;
            if (bins is < 1 or > MostBins || band.Quantile < 1 || band.Quantile > Math.Min(bins, MostQuantile))
                throw new ArgumentException($"{band}: a band has 1 to {MostBins} bins, of which 1 to {MostQuantile} are averaged", nameof(bands));
        }

        _signalFrames = (long)batch * frames;
        _bands = new DeviceBuffer<int>(context, [.. Bands.SelectMany(band => new[] { band.First, band.End - band.First, band.Quantile, 0 })]);
        Means = new DeviceBuffer<float>(context, _signalFrames * 2 * MostBands);
        SelectionLaunch = new KernelLaunch(
            kernels.Get("contrast", "gpuser_contrast_f32"),
            new Dim3(frames, batch),
            Bands.Length * Warp,
            0,
            spectrum,
            spectrumPitch,
            _bands.Address,
            Means.Address);
        DecibelLaunch = new KernelLaunch(
            kernels.Get("contrast", "gpuser_contrast_db_f32"),
            new Dim3(((frames * MostBands) + Block - 1) / Block, batch),
            Block,
            0,
            Means.Address,
            frames,
            Bands.Length,
            rows,
            rowPitch,
            column);
    }

    /// <summary>The bands.</summary>
    public ContrastBand[] Bands { get; }

    /// <summary>Means of the largest, then of the smallest magnitudes. [shape=(batch, frames, 2, 8)]</summary>
    public DeviceBuffer<float> Means { get; }

    /// <summary>The launch that selects; the spectrum comes before it.</summary>
    public KernelLaunch SelectionLaunch { get; }

    /// <summary>The launch that writes the rows.</summary>
    public KernelLaunch DecibelLaunch { get; }

    /// <summary>The least bytes the selection must touch.</summary>
    public long SelectionFloorBytes =>
        FeatureKernel.Sectors(_signalFrames, 2L * sizeof(float) * Bands.Max(band => band.End))
        + FeatureKernel.Sectors(1, (long)_bands.Bytes)
        + FeatureKernel.Sectors(2 * _signalFrames, (long)sizeof(float) * Bands.Length);

    /// <summary>The least bytes the decibels must touch.</summary>
    public long DecibelFloorBytes => 3 * FeatureKernel.Sectors(_signalFrames, (long)sizeof(float) * Bands.Length);

    public void Dispose()
    {
        Means.Dispose();
        _bands.Dispose();
    }
}
