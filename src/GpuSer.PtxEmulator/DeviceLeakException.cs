using GpuSer.Cuda;

namespace GpuSer.PtxEmulator;

/// <summary>Device memory that was never freed.</summary>
/// <param name="Address">Device address.</param>
/// <param name="Bytes">Size in bytes.</param>
public sealed record DeviceLeak(ulong Address, long Bytes);

/// <summary>The device ended while memory was still allocated on it.</summary>
public sealed class DeviceLeakException : CudaException
{
    internal DeviceLeakException(IReadOnlyList<DeviceLeak> leaks)
        : base("cuDevicePrimaryCtxRelease", "device memory was not freed",
            $"{leaks.Count} allocations of {leaks.Sum(l => l.Bytes):N0} bytes in all, the first of {leaks[0].Bytes:N0} bytes at 0x{leaks[0].Address:x}")
    {
        Leaks = leaks;
    }

    /// <summary>The allocations.</summary>
    public IReadOnlyList<DeviceLeak> Leaks { get; }
}
