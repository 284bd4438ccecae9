namespace GpuSer.Training.Machine;

/// <summary>The native libraries that this process has loaded, and where from: what really runs, whatever was asked for.</summary>
internal static class LoadedLibraries
{
    private const string Source = "/proc/self/maps";

    /// <summary>Where a library was loaded from; null where none of that name is.</summary>
    /// <param name="name">Its name without ending and version, such as <c>libtorch_cpu</c>.</param>
    public static string? PathOf(string name) => PathIn(SystemFile.Lines(Source), name);

    internal static string? PathIn(IEnumerable<string> lines, string name)
    {
        foreach (string line in lines)
        {
            // address, permissions, offset, device, inode, path
            int at = line.IndexOf('/', StringComparison.Ordinal);
            string file = at < 0 ? "" : Path.GetFileName(line[at..]);
            if (file.StartsWith(name, StringComparison.Ordinal) && file.AsSpan(name.Length) is ['.' or '-', ..])
            {
                return line[at..];
            }
        }

        return null;
    }
}
