using GpuSer.Audio;

namespace GpuSer.Training.Data;

/// <summary>
/// Finds the recordings below a folder. Links to folders are followed, each folder once, so that a link back upwards ends there. What lies in the
/// folder itself is called by its place there, whatever links to it; of several links to one folder the first by name gives it its name.
/// </summary>
internal static class RecordingTree
{
    // Hidden files are no recordings: macOS lays a "._name.wav" of its own beside every file that it copies.
    private static readonly EnumerationOptions Visible = new() { AttributesToSkip = FileAttributes.Hidden | FileAttributes.System, IgnoreInaccessible = false };

    /// <summary>Paths of the recordings, told by their extensions, in ordinal order.</summary>
    /// <param name="folder">Where to look.</param>
    /// <param name="reject">Told each folder that cannot be read, and why; the others are gone on with.</param>
    public static IReadOnlyList<string> Files(string folder, Action<string, string>? reject = null)
    {
        List<string> files = [];
        HashSet<string> visited = new(StringComparer.Ordinal);
        Stack<(string Path, string Real)> folders = new([(folder, RealPath(folder))]);
        SortedSet<string> links = new(StringComparer.Ordinal);
        while (folders.TryPop(out (string Path, string Real) at))
        {
            if (visited.Add(at.Real))
            {
                try
                {
                    files.AddRange(Directory.EnumerateFiles(at.Path, "*", Visible).Where(AudioFile.IsAudioPath));
                    foreach (string below in Directory.EnumerateDirectories(at.Path, "*", Visible))
                    {
                        if (Target(below) is null)
                        {
                            folders.Push((below, Path.Combine(at.Real, Path.GetFileName(below))));
                        }
                        else
                        {
                            links.Add(below);
                        }
                    }
                }
                catch (Exception error) when (error is IOException or UnauthorizedAccessException)
                {
                    reject?.Invoke(at.Path, $"cannot be read, so that its recordings are left out: {error.Message}");
                }
            }

            // Links come last and in order: else a file system's own order would decide what a recording is called.
            if (folders.Count == 0 && links.Min is { } link)
            {
                links.Remove(link);
                folders.Push((link, RealPath(link)));
            }
        }

        files.Sort(StringComparer.Ordinal);
        return files;
    }

    /// <summary>The path of a folder without links.</summary>
    private static string RealPath(string folder)
    {
        string full = Path.GetFullPath(folder), real = Path.GetPathRoot(full)!;
        foreach (string part in full[real.Length..].Split(Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries))
        {
            string below = Path.Combine(real, part);
            real = Target(below) is { } target ? RealPath(target) : below;
        }

        return real;
    }

    /// <summary>Where a link to a folder ends; null where it is none, or leads round in a circle.</summary>
    private static string? Target(string folder)
    {
        try
        {
            // One that leads through itself has no end, though each of its steps has a name.
            return Directory.Exists(folder) ? Directory.ResolveLinkTarget(folder, returnFinalTarget: true)?.FullName : null;
        }
        catch (IOException)
        {
            return null;
        }
    }
}
