using GpuSer.IO;

namespace GpuSer.Training.Runs;

/// <summary>
/// The right to write into a folder of trainings, which one process has at a time. It is the system's lock on <c>run.lock</c> (flock) and ends with its process
/// however that ends, so that none is ever stale: the file stays, and means nothing. Who only reads needs no lock, because each file is replaced as a whole.
/// </summary>
/// <remarks>
/// The file is not removed in the end: between the moments when another process opens it and when it locks it, that would give the folder to two.
/// </remarks>
internal sealed class RunLock : IDisposable
{
    /// <summary>Its name in the folder.</summary>
    public const string FileName = "run.lock";

    // EWOULDBLOCK of Linux and of macOS, ERROR_SHARING_VIOLATION of Windows.
    private static readonly int[] HeldByAnother = [11, 35, unchecked((int)0x80070020)];

    // A millisecond apart: a second is far more than it takes to look at a folder.
    private const int MostTries = 1000;

    private readonly FileStream _file;

    private RunLock(FileStream file) => _file = file;

    /// <summary>Takes a folder, which is made where it is missing, until this is disposed.</summary>
    /// <exception cref="InvalidFileException">Another process trains into the folder, or the folder cannot be written.</exception>
    public static RunLock Take(string folder)
    {
        AtomicFile.CreateFolder(folder);
        string path = Path.Combine(folder, FileName);
        for (int left = MostTries; ; left--)
        {
            try
            {
                return new RunLock(new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
            }
            catch (IOException error) when (HeldByAnother.Contains(error.HResult))
            {
                if (left == 0 || IsTaken(path))
                {
                    throw Taken(folder, error);
                }

                // Another process only looks at it, and is done in a moment: .NET has no wait for a file's lock that would end.
                Thread.Sleep(1);
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                throw new InvalidFileException(path, $"cannot be written: {error.Message}", error);
            }
        }
    }

    /// <summary>Fails where another process trains into a folder now: to be told before a corpus is read. A folder that is not there is free.</summary>
    /// <exception cref="InvalidFileException">Another process does.</exception>
    public static void RequireFree(string folder)
    {
        if (IsTaken(Path.Combine(folder, FileName)))
        {
            throw Taken(folder);
        }
    }

    /// <summary>Gives the folder back.</summary>
    public void Dispose() => _file.Dispose();

    // A shared lock, which many who look can have at a time, but none beside who trains. A file that is not there, or not one, is nobody's.
    private static bool IsTaken(string path)
    {
        try
        {
            using FileStream look = new(path, FileMode.Open, FileAccess.Read, FileShare.Read);
            return false;
        }
        catch (IOException error)
        {
            return HeldByAnother.Contains(error.HResult);
        }
        catch (UnauthorizedAccessException)
        {
            return false; // Take says why
        }
    }

    private static InvalidFileException Taken(string folder, Exception? error = null) => new(
        folder, "another process trains into this folder; wait until it ends or end it, or give another folder with --out", error);
}
