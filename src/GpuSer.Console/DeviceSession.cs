using GpuSer.Cuda;
using GpuSer.PtxEmulator;

namespace GpuSer.Console;

/// <summary>The opened device that <c>--device</c> names.</summary>
internal sealed class DeviceSession : IDisposable
{
    private readonly ICudaDriver? _driver;

    private DeviceSession(ICudaDriver? driver)
    {
        _driver = driver;
        Context = driver is null ? null : new CudaContext(driver);
    }

    /// <summary>The device's context; null for the CPU.</summary>
    public CudaContext? Context { get; }

    /// <summary>Opens a device.</summary>
    /// <exception cref="CudaUnavailableException">This machine has no GPU or no driver.</exception>
    public static DeviceSession Open(DeviceChoice device) => new(device switch
    {
        DeviceChoice.Cuda => CudaDrivers.Open(),
        DeviceChoice.Emulated => new EmulatedCudaDriver(),
        _ => null,
    });

    public void Dispose()
    {
        Context?.Dispose();
        _driver?.Dispose();
    }
}
