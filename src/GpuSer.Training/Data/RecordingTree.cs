using GpuSer.Audio;

namespace GpuSer.Training.Data;

/// <summary>Finds the recordings below a folder. Links to folders are followed, each folder once, so that a link back upwards ends there.</summary>
internal static class RecordingTree
{
    // Hidden files are no recordings: macOS lays a "._name.wav" of its own beside every file that it copies.
    private static readonly EnumerationOptions Visible = new() { AttributesToSkip = FileAttributes.Hidden | FileAttributes.System, IgnoreInaccessible = true };

    /// <summary>Paths of the recordings, told by their extensions, in ordinal order.</summary>
    public static IReadOnlyList<string> Files(string folder)
    {
        List<string> files = [];
        HashSet<string> visited = new(StringComparer.Ordinal);
        Stack<(string Path, string Real)> folders = new([(folder, Path.GetFullPath(folder))]);
        while (folders.TryPop(out (string Path, string Real) at))
        {
            if (!visited.Add(at.Real))
            {
                continue;
            }

            files.AddRange(Directory.EnumerateFiles(at.Path, "*", Visible).Where(AudioFile.IsAudioPath));
            foreach (string below in Directory.EnumerateDirectories(at.Path, "*", Visible))
            {
                folders.Push((below, Target(below) ?? Path.Combine(at.Real, Path.GetFileName(below))));
            }
        }

        files.Sort(StringComparer.Ordinal);
        return files;
    }

    /// <summary>Where a link to a folder ends; null where it is none, or leads round in a circle.</summary>
    private static string? Target(string folder)
    {
        try
        {
            return Directory.ResolveLinkTarget(folder, returnFinalTarget: true)?.FullName;
        }
        catch (IOException)
        {
            return null;
        }
    }
}
