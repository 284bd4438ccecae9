using GpuSer.Training.Data;

namespace GpuSer.Console.Output;

/// <summary>Lists files that could not be used, each with its reason.</summary>
internal static class BadFiles
{
    private const int MostShown = 20;

    public static void Tell(TextWriter error, IReadOnlyList<BadFile> files)
    {
        foreach (BadFile file in files.Take(MostShown))
        {
            error.WriteLine($"gpuser: {file.Path}: {file.Reason}");
        }

        if (files.Count > MostShown)
        {
            error.WriteLine($"gpuser: and {files.Count - MostShown} more like these");
        }

        if (files.Count > 0)
        {
            error.WriteLine($"gpuser: {files.Count} {(files.Count == 1 ? "file" : "files")} left out");
        }
    }
}
