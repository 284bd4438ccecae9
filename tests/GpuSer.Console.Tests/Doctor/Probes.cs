using GpuSer.Console.Doctor;
using GpuSer.Cuda;
using GpuSer.PtxEmulator;

namespace GpuSer.Console.Tests.Doctor;

/// <summary>Drivers as a machine may have them.</summary>
internal static class Probes
{
    /// <summary>No driver at all.</summary>
    public static GpuProbe Without() => new(() => throw new CudaUnavailableException("libcuda.so.1 not found; install NVIDIA's driver, or use --device cpu", isExpected: true));

    /// <summary>A driver that does not work.</summary>
    public static GpuProbe Broken() => new(() => throw new CudaUnavailableException("the driver is of CUDA 11.8, CUDA 12.0 is needed; install a newer driver, or use --device cpu"));

    /// <summary>A GPU that works, played by the emulator.</summary>
    public static GpuProbe Working() => new(() => new EmulatedCudaDriver());
}
