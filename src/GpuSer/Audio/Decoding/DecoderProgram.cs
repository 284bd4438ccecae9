using System.Runtime.InteropServices;

namespace GpuSer.Audio.Decoding;

/// <summary>Where the program <c>gpuser-decode</c> is (<c>src/GpuSer/native</c>): beside the other native files of this assembly.</summary>
internal static class DecoderProgram
{
    private const string Name = "gpuser-decode";

    // The host lists the folders of packages' native files; a program that was published has them beside it.
    private static readonly string[] Folders =
    [
        .. (AppContext.GetData("NATIVE_DLL_SEARCH_DIRECTORIES") as string ?? string.Empty).Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries),
        AppContext.BaseDirectory,
        Path.Combine(AppContext.BaseDirectory, "runtimes", $"linux-{RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant()}", "native"),
    ];

    /// <summary>Finds the program.</summary>
    /// <returns>Its path; null where it is not there, or this is not Linux. Whether it can be started is seen when it is.</returns>
    public static string? Find() => Find(Folders);

    /// <summary>Finds the program in the first of some folders that has it.</summary>
    public static string? Find(IEnumerable<string> folders)
    {
        string? path = OperatingSystem.IsLinux() ? folders.Select(folder => Path.Combine(folder, Name)).FirstOrDefault(File.Exists) : null;
        if (path is not null)
        {
            Allow(path);
        }

        return path;
    }

    /// <summary>Where the program is to look for libraries: where .NET does for this process, so that a libsndfile beside the application serves both.</summary>
    /// <param name="system">The variable <c>LD_LIBRARY_PATH</c> of this process; null or empty for none.</param>
    public static string LibraryPath(string? system) => string.Join(':', string.IsNullOrEmpty(system) ? Folders : [.. Folders, system]);

    /// <summary>Lets the program be run: unpacked packages come without the permission, which its owner may give.</summary>
    private static void Allow(string path)
    {
        const UnixFileMode run = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
        try
        {
            if (OperatingSystem.IsLinux() && (File.GetUnixFileMode(path) & run) == 0)
            {
                File.SetUnixFileMode(path, File.GetUnixFileMode(path) | run);
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // The start fails, and tells why.
        }
    }
}
