using System.Runtime.InteropServices;

namespace GpuSer.Audio.Decoding;

/// <summary>Where the program <c>gpuser-decode</c> is (<c>src/GpuSer/native</c>): beside the other native files of this assembly.</summary>
internal static class DecoderProgram
{
    private const string Name = "gpuser-decode";

    /// <summary>Finds the program.</summary>
    /// <returns>Its path; null where it is not there, or this is not Linux.</returns>
    public static string? Find()
    {
        if (!OperatingSystem.IsLinux())
        {
            return null;
        }

        // The host lists the folders of packages' native files; a program that was published has them beside it.
        string listed = AppContext.GetData("NATIVE_DLL_SEARCH_DIRECTORIES") as string ?? string.Empty, own = AppContext.BaseDirectory;
        string packaged = Path.Combine(own, "runtimes", $"linux-{RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant()}", "native");
        return listed.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries).Append(own).Append(packaged)
            .Select(folder => Path.Combine(folder, Name)).FirstOrDefault(path => File.Exists(path) && Allowed(path));
    }

    /// <summary>Whether the program may be run: unpacked packages come without the permission, which its owner may give.</summary>
    private static bool Allowed(string path)
    {
        const UnixFileMode run = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
        try
        {
            if (OperatingSystem.IsLinux() && (File.GetUnixFileMode(path) & run) == 0)
            {
                File.SetUnixFileMode(path, File.GetUnixFileMode(path) | run);
            }

            return true;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
