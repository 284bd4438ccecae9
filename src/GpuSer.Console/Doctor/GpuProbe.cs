using GpuSer.Cuda;

namespace GpuSer.Console.Doctor;

/// <summary>NVIDIA's driver as this machine has it, opened once for all checks that ask.</summary>
internal sealed class GpuProbe : IDisposable
{
    private readonly Lazy<(ICudaDriver? Driver, CudaUnavailableException? Reason)> _opened;

    /// <summary>Opens nothing yet.</summary>
    /// <param name="open">Opens the driver, or throws <see cref="CudaUnavailableException"/>.</param>
    public GpuProbe(Func<ICudaDriver> open) => _opened = new(() =>
    {
        try
        {
            return (open(), null);
        }
        catch (CudaUnavailableException reason)
        {
            return (null, reason);
        }
    });

    /// <summary>The driver; null where there is none that can be used.</summary>
    public ICudaDriver? Driver => _opened.Value.Driver;

    /// <summary>Why there is none; null where there is one.</summary>
    public CudaUnavailableException? Reason => _opened.Value.Reason;

    /// <summary>The GPUs that it finds.</summary>
    public IReadOnlyList<CudaDeviceInfo> Devices => Driver is { } driver ? [.. Enumerable.Range(0, driver.DeviceCount).Select(driver.GetDevice)] : [];

    /// <summary>Whether the GPU that commands would take, the first, can run the kernels.</summary>
    public bool CanRun => Driver is { DeviceCount: > 0 } driver && DeviceSession.CanRun(driver.GetDevice(0));

    public void Dispose()
    {
        if (_opened.IsValueCreated)
        {
            Driver?.Dispose();
        }
    }
}
