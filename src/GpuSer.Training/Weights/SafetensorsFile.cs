using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using GpuSer.IO;
using Microsoft.Win32.SafeHandles;

namespace GpuSer.Training.Weights;

/// <summary>An open safetensors file whose header and checksum were found right.</summary>
public sealed class SafetensorsFile : IDisposable
{
    // The format's own limit.
    private const long MaxHeaderBytes = 100_000_000;
    private const int ChunkBytes = 1 << 20;

    private readonly SafeFileHandle _handle;
    private readonly long _dataStart;

    private SafetensorsFile(string path, SafeFileHandle handle, long dataStart, SafetensorsHeader header)
    {
        (Path, _handle, _dataStart, Entries, Metadata) = (path, handle, dataStart, header.Entries, header.Metadata);
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>The tensors, in the order of the header.</summary>
    public IReadOnlyList<SafetensorsEntry> Entries { get; }

    /// <summary>Text kept beside the tensors.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>Opens a file, checks its header and, where the file has one, its checksum.</summary>
    /// <exception cref="InvalidFileException">The file is missing, is something else, or is damaged.</exception>
    public static SafetensorsFile Open(string path)
    {
        SafeFileHandle handle = InvalidFileException.Guard(path, () => File.OpenHandle(path));
        try
        {
            return InvalidFileException.Guard(path, () => Read(path, handle));
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    /// <summary>Reads a tensor's elements.</summary>
    /// <typeparam name="T"><see cref="float"/> for F32, <see cref="long"/> for I64.</typeparam>
    /// <param name="entry">One of <see cref="Entries"/>.</param>
    /// <param name="destination">Where they go. [length = product of the shape]</param>
    public void Read<T>(SafetensorsEntry entry, Span<T> destination)
        where T : unmanaged
    {
        Span<byte> bytes = MemoryMarshal.AsBytes(destination);
        if (bytes.Length != entry.Bytes || Marshal.SizeOf<T>() != entry.Type.Width())
        {
            throw new ArgumentException($"{entry.Name} holds {entry.Bytes} bytes, not {bytes.Length}", nameof(destination));
        }

        try
        {
            Fill(Path, _handle, bytes, _dataStart + entry.Offset);
        }
        catch (IOException error)
        {
            throw new InvalidFileException(Path, $"cannot be read: {error.Message}", error);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _handle.Dispose();

    private static SafetensorsFile Read(string path, SafeFileHandle handle)
    {
        long length = RandomAccess.GetLength(handle);
        byte[] prefix = new byte[8];
        if (length < prefix.Length)
        {
            throw new InvalidFileException(path, $"holds {length} bytes, too few for safetensors; the weights are damaged, so take another copy");
        }

        Fill(path, handle, prefix, 0);
        long headerLength = BinaryPrimitives.ReadInt64LittleEndian(prefix);
        if (headerLength is < 2 or > MaxHeaderBytes || headerLength > length - prefix.Length)
        {
            throw new InvalidFileException(path, "is no safetensors file, or is cut short: its first eight bytes give no possible header length");
        }

        byte[] header = new byte[headerLength];
        Fill(path, handle, header, prefix.Length);
        long dataStart = prefix.Length + headerLength;
        SafetensorsHeader parsed = SafetensorsHeader.Parse(path, header, length - dataStart);
        CheckSum(path, handle, header, parsed.Metadata, dataStart, length);
        return new SafetensorsFile(path, handle, dataStart, parsed);
    }

    private static void CheckSum(
        string path, SafeFileHandle handle, byte[] header, IReadOnlyDictionary<string, string> metadata, long dataStart, long length)
    {
        if (!metadata.TryGetValue(SafetensorsWriter.ChecksumKey, out string? expected))
        {
            // A file of ours that lost its checksum is damaged; one that never had one comes from elsewhere.
            if (metadata.Keys.Any(key => key.Contains("gpuser", StringComparison.OrdinalIgnoreCase)))
            {
                throw new InvalidFileException(path, "has lost its checksum; the weights are damaged, so take another copy");
            }

            return;
        }

        int place = header.AsSpan().IndexOf(Encoding.UTF8.GetBytes($"\"{expected}\""));
        if (expected.Length != SafetensorsWriter.NoChecksum.Length || place < 0)
        {
            throw new InvalidFileException(path, "has a checksum that is none; the weights are damaged, so take another copy");
        }

        Encoding.ASCII.GetBytes(SafetensorsWriter.NoChecksum, header.AsSpan(place + 1));
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(header);
        byte[] chunk = new byte[ChunkBytes];
        for (long offset = dataStart; offset < length; offset += chunk.Length)
        {
            Span<byte> part = chunk.AsSpan(0, (int)Math.Min(chunk.Length, length - offset));
            Fill(path, handle, part, offset);
            hash.AppendData(part);
        }

        if (!expected.Equals(Convert.ToHexStringLower(hash.GetHashAndReset()), StringComparison.Ordinal))
        {
            throw new InvalidFileException(path, "does not match its checksum; the weights are damaged, so take another copy");
        }
    }

    private static void Fill(string path, SafeFileHandle handle, Span<byte> destination, long offset)
    {
        while (destination.Length > 0)
        {
            int read = RandomAccess.Read(handle, destination, offset);
            if (read == 0)
            {
                throw new InvalidFileException(path, "ends before its data do");
            }

            destination = destination[read..];
            offset += read;
        }
    }
}
