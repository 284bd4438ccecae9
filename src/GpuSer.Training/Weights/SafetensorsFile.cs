using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using GpuSer.IO;

namespace GpuSer.Training.Weights;

/// <summary>An open safetensors file whose header and checksum were found right.</summary>
internal sealed class SafetensorsFile : WeightsFile
{
    // The format's own limit.
    private const long MaxHeaderBytes = 100_000_000;
    private const int ChunkBytes = 1 << 20;

    private readonly FileRegion _data;

    private SafetensorsFile(FileRegion file, long dataStart, SafetensorsHeader header)
        : base(file, WeightsFormat.Safetensors, header.Entries, header.Metadata)
    {
        _data = file.Slice(dataStart, file.Length - dataStart);
    }

    /// <summary>Opens a file, checks its header and, where the file has one, its checksum.</summary>
    /// <exception cref="InvalidFileException">The file is missing, is something else, or is damaged.</exception>
    public static new SafetensorsFile Open(string path) => Opened(path, Read);

    /// <inheritdoc/>
    internal override void ReadElements(WeightsEntry entry, long first, Span<byte> destination)
    {
        SafetensorsEntry own = (SafetensorsEntry)entry;
        long offset = first * own.Type.Width();
        if (destination.Length > own.Bytes - offset)
        {
            throw new ArgumentException($"{own.Name} ends before", nameof(destination));
        }

        _data.Read(own.Offset + offset, destination);
    }

    internal static SafetensorsFile Read(FileRegion file)
    {
        (string path, long length) = (file.Path, file.Length);
        byte[] prefix = new byte[8];
        if (length < prefix.Length)
        {
            throw new InvalidFileException(path, $"holds {length} bytes, too few for safetensors; the weights are damaged, so take another copy");
        }

        file.Read(0, prefix);
        long headerLength = BinaryPrimitives.ReadInt64LittleEndian(prefix);
        if (headerLength is < 2 or > MaxHeaderBytes || headerLength > length - prefix.Length)
        {
            throw new InvalidFileException(path, "is no safetensors file, or is cut short: its first eight bytes give no possible header length");
        }

        byte[] header = new byte[headerLength];
        file.Read(prefix.Length, header);
        long dataStart = prefix.Length + headerLength;
        SafetensorsHeader parsed = SafetensorsHeader.Parse(path, header, length - dataStart);
        CheckSum(file, header, parsed.Metadata, dataStart);
        return new SafetensorsFile(file, dataStart, parsed);
    }

    private static void CheckSum(FileRegion file, byte[] header, IReadOnlyDictionary<string, string> metadata, long dataStart)
    {
        (string path, long length) = (file.Path, file.Length);
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
            file.Read(offset, part);
            hash.AppendData(part);
        }

        if (!expected.Equals(Convert.ToHexStringLower(hash.GetHashAndReset()), StringComparison.Ordinal))
        {
            throw new InvalidFileException(path, "does not match its checksum; the weights are damaged, so take another copy");
        }
    }
}
