using System.IO.Compression;

namespace GpuSer.IO;

/// <summary>What an archive may hold at most; one that holds more is refused, whatever its directory says.</summary>
/// <param name="Entries">Files and folders.</param>
/// <param name="Bytes">Bytes of all files, unpacked.</param>
internal sealed record ZipLimits(int Entries, long Bytes);

/// <summary>
/// Unpacks ZIP archives that nobody here made: into a folder beside the target, which gets its name when all of it is there and right. Names that
/// lead out of the folder, links, and files twice are refused; each file's length and CRC-32 are checked.
/// </summary>
internal static class ZipFolder
{
    // The upper half of an entry's attributes is Unix's st_mode, zero where another system packed it.
    private const int TypeMask = 0xF000, PlainFile = 0x8000, PlainFolder = 0x4000;

    /// <summary>Unpacks an archive.</summary>
    /// <param name="archive">The file.</param>
    /// <param name="folder">The folder to make; an empty one is replaced.</param>
    /// <param name="limits">What to refuse.</param>
    /// <param name="verify">Looks at the unpacked files, in the folder that it is given, before they get their name; throws where they are not right.</param>
    /// <param name="cancellation">Stops between files; nothing is left behind.</param>
    /// <returns>Number of files.</returns>
    /// <exception cref="InvalidFileException">The archive is damaged or refused, the folder is in use, or the disk is full.</exception>
    public static int Extract(string archive, string folder, ZipLimits limits, Action<string>? verify = null, CancellationToken cancellation = default)
    {
        RequireFree(folder);
        string temporary = $"{Path.TrimEndingDirectorySeparator(folder)}.{Environment.ProcessId}.tmp";
        AtomicFile.CreateFolder(temporary);
        try
        {
            int files = Unpack(archive, temporary, limits, cancellation);
            verify?.Invoke(temporary);
            if (Directory.Exists(folder))
            {
                Directory.Delete(folder);
            }

            Directory.Move(temporary, folder);
            return files;
        }
        catch (InvalidDataException error)
        {
            throw new InvalidFileException(archive, $"is no ZIP archive, or a damaged one ({error.Message}); fetch it again", error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new InvalidFileException(archive, $"cannot be unpacked to {folder}: {error.Message}", error);
        }
        finally
        {
            if (Directory.Exists(temporary))
            {
                Directory.Delete(temporary, recursive: true);
            }
        }
    }

    /// <summary>Fails where a folder cannot be made because something is there.</summary>
    /// <exception cref="InvalidFileException">A file is there, or a folder that is not empty.</exception>
    public static void RequireFree(string folder)
    {
        if (File.Exists(folder) || (Directory.Exists(folder) && Directory.EnumerateFileSystemEntries(folder).Any()))
        {
            throw new InvalidFileException(folder, "is there already; remove it, or give another folder with --out");
        }
    }

    private static int Unpack(string archive, string folder, ZipLimits limits, CancellationToken cancellation)
    {
        using FileStream stream = InvalidFileException.Guard(archive, () => File.OpenRead(archive));
        using ZipArchive zip = new(stream, ZipArchiveMode.Read);
        if (zip.Entries.Count > limits.Entries)
        {
            throw new InvalidFileException(archive, $"holds {zip.Entries.Count:N0} entries, more than the {limits.Entries:N0} expected; it is not unpacked");
        }

        int files = 0;
        long left = limits.Bytes;
        foreach (ZipArchiveEntry entry in zip.Entries)
        {
            cancellation.ThrowIfCancellationRequested();
            string path = Place(archive, folder, entry);
            if (path.EndsWith('/'))
            {
                Directory.CreateDirectory(path);
                continue;
            }

            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            if (File.Exists(path))
            {
                throw new InvalidFileException(archive, $"holds '{entry.FullName}' twice; it is not unpacked");
            }

            left -= Copy(archive, entry, path, left);
            files++;
        }

        return files;
    }

    /// <summary>Where an entry goes; a folder's path ends with a slash.</summary>
    private static string Place(string archive, string folder, ZipArchiveEntry entry)
    {
        string name = entry.FullName.Replace('\\', '/');
        int type = (entry.ExternalAttributes >> 16) & TypeMask;
        bool escapes = name.Length == 0 || name[0] == '/' || name.Contains('\0', StringComparison.Ordinal) || name.Split('/').Contains("..");
        if (escapes || (type is not 0 and not PlainFile and not PlainFolder))
        {
            string what = escapes ? "a name that leads out of its folder" : "a link or device";
            throw new InvalidFileException(archive, $"holds '{entry.FullName}', {what}; it is not unpacked");
        }

        return Path.Combine(folder, name);
    }

    private static long Copy(string archive, ZipArchiveEntry entry, string path, long most)
    {
        using Stream source = entry.Open();
        using FileStream target = new(path, FileMode.CreateNew, FileAccess.Write);
        byte[] chunk = new byte[1 << 16];
        long count = 0;
        Crc32 crc = new();
        for (int read; (read = source.Read(chunk)) > 0;)
        {
            count += read;
            if (count > most)
            {
                throw new InvalidFileException(archive, "unpacks to more bytes than expected; it is not unpacked");
            }

            crc.Add(chunk.AsSpan(0, read));
            target.Write(chunk, 0, read);
        }

        return count == entry.Length && crc.Value == entry.Crc32
            ? count
            : throw new InvalidFileException(archive, $"is damaged: '{entry.FullName}' is not what was packed (length or CRC-32); fetch it again");
    }

    /// <summary>The CRC-32 of ZIP (polynomial 0xEDB88320, reflected), a byte at a time: archives are small.</summary>
    private sealed class Crc32
    {
        private static readonly uint[] Table = [.. Enumerable.Range(0, 256).Select(i =>
            Enumerable.Range(0, 8).Aggregate((uint)i, (value, _) => (value & 1) != 0 ? (value >> 1) ^ 0xEDB88320 : value >> 1))];

        private uint _state = uint.MaxValue;

        public uint Value => ~_state;

        public void Add(ReadOnlySpan<byte> bytes)
        {
            foreach (byte b in bytes)
            {
                _state = Table[(byte)(_state ^ b)] ^ (_state >> 8);
            }
        }
    }
}
