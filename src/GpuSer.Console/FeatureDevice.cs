using GpuSer.Cuda;

namespace GpuSer.Console;

/// <summary>Feature computation on the device that <c>--device</c> names.</summary>
internal sealed class FeatureDevice : IDisposable
{
    private readonly DeviceSession _session;
    private readonly FeatureExtractor? _cpu;
    private readonly CudaFeatureExtractor? _cuda;

    private FeatureDevice(DeviceSession session)
    {
        _session = session;
        if (session.Context is { } context)
            _cuda = new CudaFeatureExtractor(context);
        else
            _cpu = new FeatureExtractor();
    }

    /// <summary>Opens a device.</summary>
    /// <exception cref="CudaUnavailableException">This machine has no GPU or no driver.</exception>
    public static FeatureDevice Open(DeviceChoice device) => new(DeviceSession.Open(device));

    /// <summary>Computes every stage, and the image last.</summary>
    public FeatureStages ComputeStages(float[] samples) => _cpu is null ? _cuda!.ComputeStages(samples) : _cpu.ComputeStages(samples);

    public void Dispose()
    {
        _cpu?.Dispose();
        _cuda?.Dispose();
        _session.Dispose();
    }
}
