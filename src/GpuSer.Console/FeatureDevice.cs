using GpuSer.Cuda;
using GpuSer.PtxEmulator;

namespace GpuSer.Console;

/// <summary>Feature computation on the device that <c>--device</c> names.</summary>
internal sealed class FeatureDevice : IDisposable
{
    private readonly FeatureExtractor? _cpu;
    private readonly ICudaDriver? _driver;
    private readonly CudaContext? _context;
    private readonly CudaFeatureExtractor? _cuda;

    private FeatureDevice(FeatureExtractor cpu) => _cpu = cpu;

    private FeatureDevice(ICudaDriver driver)
    {
        _driver = driver;
        _context = new CudaContext(driver);
        _cuda = new CudaFeatureExtractor(_context);
    }

    /// <summary>Opens a device.</summary>
    /// <exception cref="CudaUnavailableException">This machine has no GPU or no driver.</exception>
    public static FeatureDevice Open(DeviceChoice device) => device switch
    {
        DeviceChoice.Cuda => new FeatureDevice(CudaDrivers.Open()),
        DeviceChoice.Emulated => new FeatureDevice(new EmulatedCudaDriver()),
        _ => new FeatureDevice(new FeatureExtractor()),
    };

    /// <summary>Computes every stage, and the image last.</summary>
    public FeatureStages ComputeStages(float[] samples) => _cpu is null ? _cuda!.ComputeStages(samples) : _cpu.ComputeStages(samples);

    public void Dispose()
    {
        _cpu?.Dispose();
        _cuda?.Dispose();
        _context?.Dispose();
        _driver?.Dispose();
    }
}
