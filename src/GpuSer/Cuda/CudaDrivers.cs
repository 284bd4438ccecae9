using System.Diagnostics.CodeAnalysis;

namespace GpuSer.Cuda;

/// <summary>Opens the driver that this build was made for: NVIDIA's own, or ManagedCuda (<c>-p:CudaProvider=ManagedCuda</c>).</summary>
public static class CudaDrivers
{
    /// <summary>Opens the driver.</summary>
    /// <exception cref="CudaUnavailableException">This machine has no driver or no GPU.</exception>
#if MANAGED_CUDA
    public static ICudaDriver Open() => new Managed.ManagedCudaDriver();
#else
    public static ICudaDriver Open() => new Native.NativeCudaDriver();
#endif

    /// <summary>Opens the driver where there is one; how <c>--device auto</c> chooses between the GPU and the CPU.</summary>
    /// <param name="driver">The driver, or null.</param>
    /// <param name="reason">Why there is none, or null.</param>
    public static bool TryOpen([NotNullWhen(true)] out ICudaDriver? driver, [NotNullWhen(false)] out CudaUnavailableException? reason)
    {
        try
        {
            (driver, reason) = (Open(), null);
            return true;
        }
        catch (CudaUnavailableException error)
        {
            (driver, reason) = (null, error);
            return false;
        }
    }
}
