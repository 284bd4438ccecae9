using System.Runtime.InteropServices;

namespace GpuSer.Training.Machine;

/// <summary>What multiplies libtorch's matrices.</summary>
/// <param name="Name">Its name, with version and kernels where it tells them.</param>
/// <param name="Path">Where it was loaded from; null where it is part of libtorch.</param>
/// <param name="IsFast">Whether it is one that was made for speed.</param>
internal sealed partial record BlasLibrary(string Name, string? Path, bool IsFast)
{
    private const string OpenBlas = "OpenBLAS";

    // libblas is a name that distributions give to the one they chose. Where it is there, libtorch was linked to it, and another that is loaded besides is not asked.
    private static readonly string[] Libraries = ["libblas", "libmkl_rt", "libmkl_core", "libblis", "libopenblas", "libopenblasp"];

    // Known by their path: the folder that the name leads to says whose it is.
    private static readonly (string Part, string Name)[] Fast = [("openblas", OpenBlas), ("mkl", "Intel MKL"), ("blis", "BLIS"), ("atlas", "ATLAS")];

    /// <summary>The one that this process has loaded with libtorch.</summary>
    public static BlasLibrary Loaded() => In(LoadedLibraries.PathOf);

    internal static BlasLibrary In(Func<string, string?> pathOf)
    {
        if (Libraries.Select(pathOf).FirstOrDefault(path => path is not null) is not { } path)
        {
            return new BlasLibrary("libtorch's own", null, IsFast: true);
        }

        string? name = Fast.FirstOrDefault(one => path.Contains(one.Part, StringComparison.Ordinal)).Name;
        return new BlasLibrary(name == OpenBlas ? OpenBlasText() : name ?? "the reference BLAS", path, name is not null);
    }

    // Such as "OpenBLAS 0.3.21 NO_AFFINITY Haswell MAX_THREADS=64".
    private static string OpenBlasText()
    {
        try
        {
            return Marshal.PtrToStringUTF8(Configuration())?.Trim() ?? OpenBlas;
        }
        catch (Exception error) when (error is DllNotFoundException or EntryPointNotFoundException)
        {
            return OpenBlas;
        }
    }

    [LibraryImport("libopenblas.so.0", EntryPoint = "openblas_get_config")]
    private static partial nint Configuration();
}
