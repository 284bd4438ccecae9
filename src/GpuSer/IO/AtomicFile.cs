namespace GpuSer.IO;

/// <summary>Writes whole files: to a temporary neighbour, flushed to the disk, then renamed over the target.</summary>
internal static class AtomicFile
{
    /// <summary>How the names of files end that are being written.</summary>
    public const string TemporaryExtension = ".tmp";

    /// <summary>Creates or replaces <paramref name="path"/> with what <paramref name="write"/> writes; on any failure the old file stays.</summary>
    /// <exception cref="InvalidFileException">The disk is full, or the folder cannot be written.</exception>
    public static void Write(string path, Action<Stream> write) => Write(path, write, static (stream, run) => run(stream));

    /// <summary>As above; what is written need not be captured, so that it may be a span.</summary>
    public static void Write<T>(string path, T content, Action<Stream, T> write)
        where T : allows ref struct
    {
        string temporary = $"{path}.{Environment.ProcessId}{TemporaryExtension}";
        try
        {
            using (FileStream stream = new(temporary, FileMode.Create, FileAccess.Write, FileShare.None, 1 << 16))
            {
                write(stream, content);
                stream.Flush(flushToDisk: true);
            }

            File.Move(temporary, path, overwrite: true);
        }
        catch (Exception error)
        {
            if (File.Exists(temporary))
            {
                File.Delete(temporary);
            }

            if (error is IOException or UnauthorizedAccessException)
            {
                throw new InvalidFileException(path, $"cannot be written: {error.Message}", error);
            }

            throw;
        }
    }

    /// <summary>Creates a folder to write into, with those above it; one that is there stays as it is.</summary>
    /// <exception cref="InvalidFileException">A file is in the way, or the folder cannot be made.</exception>
    public static void CreateFolder(string path)
    {
        try
        {
            Directory.CreateDirectory(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new InvalidFileException(path, $"cannot be made a folder: {error.Message}", error);
        }
    }

    /// <summary>Removes a file; one that is not there is no error.</summary>
    /// <exception cref="InvalidFileException">It cannot be removed.</exception>
    public static void Remove(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (DirectoryNotFoundException)
        {
            // Nor is its folder.
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new InvalidFileException(path, $"cannot be removed: {error.Message}", error);
        }
    }

    /// <summary>Creates or replaces a UTF-8 text file.</summary>
    public static void WriteText(string path, string text) =>
        Write(path, stream => stream.Write(System.Text.Encoding.UTF8.GetBytes(text)));
}
