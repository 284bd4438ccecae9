using System.Diagnostics.CodeAnalysis;
using GpuSer.Cuda;
using GpuSer.PtxEmulator;

namespace GpuSer.Benchmarks;

/// <summary>The device of the benchmarks that have <see cref="Category"/>: a GPU where there is one, or the emulator, to try their code.</summary>
internal static class BenchmarkDevice
{
    /// <summary>Benchmarks that need a device.</summary>
    public const string Category = "Device";

    private static ICudaDriver? _driver;

    /// <summary>The opened device's context; null where there is none.</summary>
    public static CudaContext? Context { get; private set; }

    /// <summary>Opens the device.</summary>
    /// <param name="emulated">The emulator, not a GPU.</param>
    /// <param name="reason">Why there is none.</param>
    public static bool TryOpen(bool emulated, [NotNullWhen(false)] out string? reason)
    {
        CudaUnavailableException? missing = null;
        ICudaDriver? driver = emulated ? new EmulatedCudaDriver() : null;
        if (driver is null && !CudaDrivers.TryOpen(out driver, out missing))
        {
            reason = missing.Message;
            return false;
        }

        (_driver, Context, reason) = (driver, new CudaContext(driver), null);
        return true;
    }

    public static void Close()
    {
        Context?.Dispose();
        _driver?.Dispose();
    }
}
