using GpuSer.Cuda;

namespace GpuSer.Console.Doctor;

/// <summary>NVIDIA's driver, the GPUs, and the libraries that only a GPU uses. Needed with <c>--device cuda</c> alone.</summary>
internal static class GpuChecks
{
    private const string Cpu = "the CPU does everything meanwhile";

    /// <summary>The driver and the CUDA that it implements.</summary>
    /// <param name="probe">The driver.</param>
    /// <param name="device">What was asked for.</param>
    /// <param name="plugged">GPUs of NVIDIA's that are plugged in.</param>
    public static Finding Driver(GpuProbe probe, DeviceChoice device, int plugged)
    {
        if (probe.Reason is not { } reason)
        {
            return Finding.Ok(probe.Driver!.Version);
        }

        bool needed = device == DeviceChoice.Cuda;
        string found = DoctorCheck.Parted(reason.Message).Found;
        if (!reason.IsExpected)
        {
            return Finding.Missing(needed, found, $"install a driver for CUDA 12 or later that goes with the GPU and the kernel, and see that nvidia-smi works; {Cpu}");
        }

        return needed || plugged > 0
            ? Finding.Missing(
                needed,
                plugged > 0 ? $"{found}, though {plugged} GPU{(plugged == 1 ? " of NVIDIA's is" : "s of NVIDIA's are")} plugged in" : found,
                $"install NVIDIA's driver for CUDA 12 or later (in a container: start it with --gpus all); {Cpu}")
            : Finding.Ok("none, and no GPU of NVIDIA's is plugged in: the CPU does everything");
    }

    /// <summary>Each GPU with its memory and compute capability.</summary>
    /// <param name="probe">The driver.</param>
    /// <param name="device">What was asked for.</param>
    public static Finding Gpus(GpuProbe probe, DeviceChoice device)
    {
        IReadOnlyList<CudaDeviceInfo> devices = probe.Devices;
        if (devices.Count == 0)
        {
            return device == DeviceChoice.Cuda ? Finding.Fault("none", $"see the driver above; or leave --device cuda away: {Cpu}") : Finding.Ok("none");
        }

        string found = string.Join("; ", devices.Select(Describe));
        if (!DeviceSession.CanRun(devices[0]))
        {
            return Finding.Missing(
                device == DeviceChoice.Cuda, $"{found}: the kernels need compute capability {DeviceSession.LeastMajor}.0",
                $"use a GPU of Volta or later, or --device cpu; where another is better, put it first with CUDA_VISIBLE_DEVICES");
        }

        return Finding.Ok(devices.Count == 1 ? found : $"{found}; the first is used, CUDA_VISIBLE_DEVICES chooses another");
    }

    /// <summary>cuFFT and cuBLAS: only the choices <c>--stft cufft</c> and <c>--filter-bank cublas</c> use them.</summary>
    /// <param name="probe">The driver.</param>
    public static Finding Libraries(GpuProbe probe)
    {
        if (!probe.CanRun)
        {
            return Finding.Ok("not looked for: only a GPU uses them");
        }

        using CudaContext context = new(probe.Driver!);
        string[] missing = [.. new[] { Failure(() => new CudaFft(context, 2048, FftKind.RealToComplex, 1, 2048, 1025)), Failure(() => new CudaBlas(context)) }.OfType<string>()];
        return missing.Length == 0
            ? Finding.Ok("both load")
            : Finding.Warning(
                string.Join("; ", missing), "only --stft cufft and --filter-bank cublas need them; install NVIDIA's CUDA toolkit (libcufft, libcublas) for those");
    }

    /// <summary>A GPU as a person reads it.</summary>
    public static string Describe(CudaDeviceInfo device) =>
        $"{device.Name}, {device.MemoryBytes / (double)(1L << 30):0.0} GiB, compute capability {device.Major}.{device.Minor}";

    private static string? Failure(Func<IDisposable> open)
    {
        try
        {
            open().Dispose();
            return null;
        }
        catch (CudaException error)
        {
            return error.Message;
        }
    }
}
