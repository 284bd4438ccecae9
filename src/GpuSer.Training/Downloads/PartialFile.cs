using System.Net.Http.Headers;
using GpuSer.IO;

namespace GpuSer.Training.Downloads;

/// <summary>
/// The part of a file that has arrived: <c>NAME.part</c>, and beside it <c>NAME.part.tag</c> with the address and the server's mark of that
/// version (ETag or time of change), without which a download cannot safely be gone on with.
/// </summary>
internal sealed class PartialFile(string destination)
{
    private readonly string _path = destination + ".part", _tag = destination + ".part.tag";

    /// <summary>Bytes that are there.</summary>
    public long Length => File.Exists(_path) ? new FileInfo(_path).Length : 0;

    /// <summary>The mark under which the part from this address can be gone on with; null where there is no part, or none of this address.</summary>
    public RangeConditionHeaderValue? MarkFor(Uri url)
    {
        if (Length == 0 || !File.Exists(_tag))
        {
            return null;
        }

        string[] lines = InvalidFileException.Guard(_tag, () => File.ReadAllLines(_tag));
        return lines.Length == 2 && lines[0] == url.AbsoluteUri && RangeConditionHeaderValue.TryParse(lines[1], out RangeConditionHeaderValue? mark)
            ? mark
            : null;
    }

    /// <summary>Opens the part to write behind what is there.</summary>
    public FileStream Append() => Open(FileMode.Append);

    /// <summary>Begins anew with the version that a response gives.</summary>
    public FileStream Begin(Uri url, HttpResponseMessage response)
    {
        Guard(() => File.Delete(_tag));
        FileStream stream = Open(FileMode.Create);
        // If-Range asks for a strong mark: a weak tag does not promise the same bytes.
        RangeConditionHeaderValue? mark = response.Headers.ETag is { IsWeak: false } tag ? new RangeConditionHeaderValue(tag)
            : response.Content.Headers.LastModified is DateTimeOffset changed ? new RangeConditionHeaderValue(changed)
            : null;
        if (mark is not null)
        {
            try
            {
                AtomicFile.WriteText(_tag, $"{url.AbsoluteUri}\n{mark}\n");
            }
            catch
            {
                stream.Dispose();
                throw;
            }
        }

        return stream;
    }

    /// <summary>Whether a response gives the same version that a mark stands for, as far as it says.</summary>
    public static bool SameVersion(RangeConditionHeaderValue mark, HttpResponseMessage response) => mark.EntityTag is not null
        ? response.Headers.ETag is null || mark.EntityTag.Equals(response.Headers.ETag)
        : response.Content.Headers.LastModified is null || response.Content.Headers.LastModified == mark.Date;

    /// <summary>SHA-256 of what is there, in lower-case hexadecimal.</summary>
    public Task<string> HashAsync(CancellationToken cancellation) => FileHash.Sha256Async(_path, cancellation);

    /// <summary>Gives the whole file its name.</summary>
    public void Finish()
    {
        Guard(() => File.Move(_path, destination, overwrite: false));
        Guard(() => File.Delete(_tag));
    }

    /// <summary>Removes what is there.</summary>
    public void Delete()
    {
        Guard(() => File.Delete(_tag));
        Guard(() => File.Delete(_path));
    }

    private FileStream Open(FileMode mode)
    {
        FileStream? stream = null;
        Guard(() => stream = new FileStream(_path, mode, FileAccess.Write, FileShare.None, bufferSize: 0));
        return stream!;
    }

    /// <summary>Runs something that writes, and turns the platform's errors into one that names the file.</summary>
    public void Guard(Action write)
    {
        try
        {
            write();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new InvalidFileException(_path, $"cannot be written: {error.Message}", error);
        }
    }
}
