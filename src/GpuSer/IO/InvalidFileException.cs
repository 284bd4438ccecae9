namespace GpuSer.IO;

/// <summary>A file is missing, damaged, of the wrong kind, or cannot be written. The message begins with its path.</summary>
public class InvalidFileException : GpuSerException
{
    /// <summary>Creates the error.</summary>
    /// <param name="path">The file.</param>
    /// <param name="problem">What is wrong and the way out, to be read after the file's name.</param>
    /// <param name="innerException">The cause, if another exception told it.</param>
    public InvalidFileException(string path, string problem, Exception? innerException = null)
        : base(OneLine($"{path}: {problem}"), innerException)
    {
        (Path, Problem) = (path, OneLine(problem));
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>What is wrong with it and the way out.</summary>
    public string Problem { get; }

    /// <summary>Runs <paramref name="read"/> and turns the platform's I/O errors into this one.</summary>
    public static T Guard<T>(string path, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new InvalidFileException(path, "no such file", error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new InvalidFileException(path, $"cannot be read: {error.Message}", error);
        }
        catch (ArgumentException error) when (path.Length == 0 || path.Contains('\0', StringComparison.Ordinal))
        {
            throw new InvalidFileException(path.Length == 0 ? "\"\"" : path, "is no name of a file", error);
        }
    }
}
