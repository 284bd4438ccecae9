using GpuSer.IO;
using GpuSer.Verification;

namespace GpuSer.Reference;

/// <summary>Finds the golden files and the recordings beside the repository; tests that need them skip where they are absent.</summary>
public static class Golden
{
    /// <summary>The repository's root: the folder of GpuSer.sln.</summary>
    public static string Repository { get; } = FindRepository();

    /// <summary>The folder of shared files beside the repository, or the one GPUSER_SHARED names.</summary>
    public static string Shared { get; } =
        Environment.GetEnvironmentVariable("GPUSER_SHARED") ?? Path.GetFullPath(Path.Combine(Repository, "..", "shared"));

    /// <summary>Whether the golden files are there.</summary>
    public static bool Present => Directory.Exists(Path.Combine(Shared, "golden"));

    /// <summary>Whether the EMO-DB recordings are there.</summary>
    public static bool RecordingsPresent => Directory.Exists(Recordings);

    /// <summary>Folder of the EMO-DB recordings.</summary>
    public static string Recordings => Path.Combine(Shared, "emodb");

    /// <summary>Names of the signals that have every stage, in the order of their folders; empty where there are none.</summary>
    public static IReadOnlyList<string> Signals { get; } = Present ? GoldenFolder.Open(PathOf()).Signals : [];

    /// <summary>Path below the golden folder.</summary>
    public static string PathOf(params string[] parts) => Path.Combine([Shared, "golden", .. parts]);

    /// <summary>Reads <c>golden/folder/name.npy</c>.</summary>
    internal static NpyArray Load(string folder, string name) => NpyFile.Read(PathOf(folder, name + ".npy"));

    private static string FindRepository()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "GpuSer.sln")))
            {
                return folder.FullName;
            }
        }

        throw new DirectoryNotFoundException("GpuSer.sln is in no folder above " + AppContext.BaseDirectory);
    }
}
