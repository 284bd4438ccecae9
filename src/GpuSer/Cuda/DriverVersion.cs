using System.Globalization;

namespace GpuSer.Cuda;

/// <summary>NVIDIA's driver's version: the one of CUDA that it implements (<c>cuDriverGetVersion</c>), and its release.</summary>
internal static class DriverVersion
{
    // 1000 * major + 10 * minor. Kernel nodes have had their present form (cuGraphAddKernelNode_v2) since CUDA 12.
    private const int Least = 12000;

    // The kernel module says its release here; the driver API does not tell it.
    private const string ReleaseFile = "/sys/module/nvidia/version";

    /// <summary>Refuses a driver that lacks what is called.</summary>
    /// <exception cref="CudaUnavailableException">The driver is older than CUDA 12.</exception>
    public static void Require(int version)
    {
        if (version < Least)
            throw CudaUnavailableException.TooOld(Describe(version), Name(Least));
    }

    /// <summary>The version as a person reads it, such as <c>CUDA 12.8, release 570.86.15</c>; the release where the system tells.</summary>
    public static string Describe(int version)
    {
        try
        {
            return $"{Name(version)}, release {File.ReadAllText(ReleaseFile).Trim()}";
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return Name(version);
        }
    }

    private static string Name(int version) => string.Create(CultureInfo.InvariantCulture, $"CUDA {version / 1000}.{version % 1000 / 10}");
}
