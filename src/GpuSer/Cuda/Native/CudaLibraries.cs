using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace GpuSer.Cuda.Native;

/// <summary>Finds NVIDIA's libraries, whose file names carry the major version, when an import is first called.</summary>
internal static class CudaLibraries
{
    public const string Driver = "gpuser-cuda";
    public const string Fft = "gpuser-cufft";
    public const string Blas = "gpuser-cublas";

    // cuFFT 11 and cuBLAS 12 came with CUDA 12; cuFFT 12 and cuBLAS 13 with CUDA 13.
    private static readonly Dictionary<string, string[]> Names = new()
    {
        [Driver] = ["libcuda.so.1", "nvcuda.dll"],
        [Fft] = ["libcufft.so.12", "libcufft.so.11", "cufft64_12.dll", "cufft64_11.dll"],
        [Blas] = ["libcublas.so.13", "libcublas.so.12", "cublas64_13.dll", "cublas64_12.dll"],
    };

    /// <summary>The file names looked for, as a message lists them.</summary>
    public static string Candidates(string library) => string.Join(" or ", Names[library].Where(name => name.EndsWith(".dll", StringComparison.Ordinal) == OperatingSystem.IsWindows()));

    // An event, not SetDllImportResolver: the assembly has room for only one of those.
    [ModuleInitializer]
    [System.Diagnostics.CodeAnalysis.SuppressMessage("Usage", "CA2255", Justification = "Imports must be resolvable whichever type is touched first.")]
    internal static void Register() => System.Runtime.Loader.AssemblyLoadContext.Default.ResolvingUnmanagedDll += Resolve;

    private static nint Resolve(Assembly assembly, string name)
    {
        if (!Names.TryGetValue(name, out string[]? candidates))
            return 0;
        foreach (string candidate in candidates)
        {
            if (NativeLibrary.TryLoad(candidate, out nint library))
                return library;
        }

        return 0;
    }
}
