using GpuSer.Cuda;
using GpuSer.PtxEmulator;
using GpuSer.Training;

namespace GpuSer.Console;

/// <summary>The opened device that <c>--device</c> names.</summary>
internal sealed class DeviceSession : IDisposable
{
    /// <summary>The lowest compute capability that the kernels' PTX is compiled for.</summary>
    internal const int LeastMajor = 7;

    private readonly ICudaDriver? _driver;

    private DeviceSession(ICudaDriver? driver)
    {
        _driver = driver;
        Context = driver is null ? null : new CudaContext(driver);
    }

    /// <summary>The device's context; null for the CPU.</summary>
    public CudaContext? Context { get; }

    /// <summary>
    /// Opens a device. <c>auto</c> is the GPU where there is one, and says so; it is the CPU elsewhere, and says why only where there is a GPU or a
    /// driver that cannot be used.
    /// </summary>
    /// <param name="device">Which.</param>
    /// <param name="error">Where to say which was taken.</param>
    /// <param name="network">Whether torch's network is to be on the device, too.</param>
    /// <exception cref="CudaUnavailableException">A GPU is asked for, and this machine has none that can be used, or no driver.</exception>
    public static DeviceSession Open(DeviceChoice device, TextWriter error, bool network = false)
    {
        switch (device)
        {
            case DeviceChoice.Cuda:
                return OpenGpu();
            case DeviceChoice.Emulated:
                return new DeviceSession(new EmulatedCudaDriver());
            case DeviceChoice.Auto:
                return OpenAny(error, network);
            default:
                return new DeviceSession(null);
        }
    }

    /// <summary>Whether a GPU can run the kernels.</summary>
    public static bool CanRun(CudaDeviceInfo device) => device.Major >= LeastMajor;

    public void Dispose()
    {
        Context?.Dispose();
        _driver?.Dispose();
    }

    private static DeviceSession OpenAny(TextWriter error, bool network)
    {
        string? reason = null;
        try
        {
            DeviceSession gpu = OpenGpu();
            if (!network || TorchDevice.Knows(gpu.Context!))
            {
                error.WriteLine($"gpuser: on {gpu.Context!.Device.Name}");
                return gpu;
            }

            reason = $"this libtorch was built without CUDA or does not find {gpu.Context!.Device.Name}; name one that has it with LIBTORCH";
            gpu.Dispose();
        }
        catch (CudaUnavailableException unavailable)
        {
            reason = unavailable.IsExpected ? null : unavailable.Message;
        }

        if (reason is not null)
            error.WriteLine($"gpuser: on the CPU; {reason}");
        return new DeviceSession(null);
    }

    private static DeviceSession OpenGpu()
    {
        DeviceSession session = new(CudaDrivers.Open());
        CudaDeviceInfo device = session.Context!.Device;
        if (CanRun(device))
            return session;
        session.Dispose();
        throw new CudaUnavailableException(
            $"{device.Name} has compute capability {device.Major}.{device.Minor}, the kernels need {LeastMajor}.0; use --device cpu");
    }
}
