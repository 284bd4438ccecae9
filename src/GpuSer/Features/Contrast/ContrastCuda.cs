using GpuSer.Cuda;

namespace GpuSer.Features.Contrast;

/// <summary>
/// Spectral contrast for batches of one shape: the mel kernel, which has all powers at hand, leaves peaks and valleys here, and a
/// kernel turns them into decibels.
/// </summary>
internal sealed class ContrastCuda : IDisposable
{
    // kernels/contrast/bands.cuh, contrast.cu: means kept of a frame, threads of a block.
    private const int MostBands = 8;
    private const int Block = 256;

    private readonly long _signalFrames;

    /// <summary>Makes the table and the launch.</summary>
    /// <param name="kernels">The loaded kernels.</param>
    /// <param name="batch">Signals.</param>
    /// <param name="frames">Frames of each.</param>
    /// <param name="rows">Device address of the rows. [shape=(batch, frames, rowPitch)]</param>
    /// <param name="rowPitch">Floats from one frame to the next.</param>
    /// <param name="column">First of the 7 columns to write.</param>
    public ContrastCuda(FeatureKernels kernels, int batch, int frames, ulong rows, int rowPitch, int column)
    {
        CudaContext context = kernels.Context;
        _signalFrames = (long)batch * frames;
        Bands = new DeviceBuffer<int>(context, [.. ContrastTables.Bands.SelectMany(band => new[] { band.First, band.End - band.First, band.Quantile, 0 })]);
        Means = new DeviceBuffer<float>(context, _signalFrames * 2 * MostBands);
        Launch = new KernelLaunch(
            kernels.Get("contrast", "gpuser_contrast_f32"),
            new Dim3(((frames * MostBands) + Block - 1) / Block, batch),
            Block,
            0,
            Means.Address,
            frames,
            ContrastTables.Count,
            rows,
            rowPitch,
            column);
    }

    /// <summary>The bands, as the mel kernel takes them. [shape=(7, 4)]</summary>
    public DeviceBuffer<int> Bands { get; }

    /// <summary>Means of the largest, then of the smallest magnitudes. [shape=(batch, frames, 2, 8)]</summary>
    public DeviceBuffer<float> Means { get; }

    /// <summary>The launch; that of the mel kernel comes before it.</summary>
    public KernelLaunch Launch { get; }

    /// <summary>The least bytes the means take.</summary>
    public long MeansBytes => 2 * FeatureKernel.Sectors(_signalFrames, (long)sizeof(float) * ContrastTables.Count);

    /// <summary>The least bytes the kernel must touch.</summary>
    public long FloorBytes => MeansBytes + FeatureKernel.Sectors(_signalFrames, (long)sizeof(float) * ContrastTables.Count);

    public void Dispose()
    {
        Means.Dispose();
        Bands.Dispose();
    }
}
