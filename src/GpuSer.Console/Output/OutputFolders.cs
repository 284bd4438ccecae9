namespace GpuSer.Console.Output;

/// <summary>Names one output folder for each input file, so that no two inputs share one.</summary>
internal static class OutputFolders
{
    /// <summary>
    /// A file's stem; where several inputs have one stem, the name of the parent instead (the input
    /// <c>speech/signal.npy</c> beside <c>noise/signal.npy</c> becomes <c>speech</c>); where that is not enough, a number as well.
    /// </summary>
    public static string[] For(IReadOnlyList<string> files)
    {
        string[] names = [.. files.Select(Stem)];
        HashSet<string> shared = Repeated(names);
        for (int i = 0; i < names.Length; i++)
        {
            string? parent = Path.GetFileName(Path.GetDirectoryName(Path.GetFullPath(files[i])));
            if (shared.Contains(names[i]) && !string.IsNullOrEmpty(parent))
            {
                names[i] = parent;
            }
        }

        HashSet<string> taken = new(StringComparer.Ordinal);
        for (int i = 0; i < names.Length; i++)
        {
            string name = names[i];
            for (int number = 2; !taken.Add(name); number++)
            {
                name = $"{names[i]}-{number}";
            }

            names[i] = name;
        }

        return names;
    }

    private static string Stem(string file)
    {
        string stem = Path.GetFileNameWithoutExtension(file);
        return stem.Length > 0 && stem != "." && stem != ".." ? stem : "input";
    }

    private static HashSet<string> Repeated(string[] names) =>
        [.. names.GroupBy(name => name, StringComparer.Ordinal).Where(group => group.Count() > 1).Select(group => group.Key)];
}
