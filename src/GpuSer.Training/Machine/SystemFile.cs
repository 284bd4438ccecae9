namespace GpuSer.Training.Machine;

/// <summary>Files in which the system tells of itself.</summary>
internal static class SystemFile
{
    /// <summary>A file's lines; none where it cannot be read, as on another system.</summary>
    public static IReadOnlyList<string> Lines(string path)
    {
        try
        {
            return File.ReadAllLines(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
