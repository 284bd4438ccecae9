using GpuSer.Cuda;

namespace GpuSer.Console;

/// <summary>Feature computation on the device that <c>--device</c> names.</summary>
internal sealed class FeatureDevice : IDisposable
{
    private readonly DeviceSession _session;
    private readonly CudaFeatureExtractor? _cuda;

    private FeatureDevice(DeviceSession session, FeatureOptions options, int threads, ImageCache? cache)
    {
        _session = session;
        if (session.Context is { } context)
            _cuda = new CudaFeatureExtractor(context, options);
        else
            Cpu = new FeatureExtractor(options, threads, cache);
    }

    /// <summary>The CPU's extractor, which takes files; null on a device.</summary>
    public FeatureExtractor? Cpu { get; }

    /// <summary>Opens a device.</summary>
    /// <param name="device">Which.</param>
    /// <param name="options">What it computes, and how.</param>
    /// <param name="error">Where to say which device was taken, where that is not obvious.</param>
    /// <param name="threads">Threads of the CPU; 0 for one a core.</param>
    /// <param name="cache">Where the CPU keeps images; null for nowhere.</param>
    /// <exception cref="CudaUnavailableException">This machine has no GPU or no driver.</exception>
    /// <exception cref="GpuSerException">The options choose between ways that this device does not have.</exception>
    public static FeatureDevice Open(DeviceChoice device, FeatureOptions options, TextWriter error, int threads, ImageCache? cache)
    {
        DeviceSession session = DeviceSession.Open(device, error);
        try
        {
            if (session.Context is null && (options.Stft, options.FilterBank) != (FeatureOptions.Default.Stft, FeatureOptions.Default.FilterBank))
            {
                throw new GpuSerException(
                    "--stft and --filter-bank choose between kernels and libraries of a GPU, which the CPU has not; use --device cuda or --device emulated");
            }

            return new FeatureDevice(session, options, threads, cache);
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    /// <summary>Computes every stage, and the image last.</summary>
    public FeatureStages ComputeStages(float[] samples) => Cpu is null ? _cuda!.ComputeStages(samples) : Cpu.ComputeStages(samples);

    public void Dispose()
    {
        Cpu?.Dispose();
        _cuda?.Dispose();
        _session.Dispose();
    }
}
