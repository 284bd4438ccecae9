using System.IO.Hashing;
using GpuSer.IO;

namespace GpuSer.Training.Weights.Torch;

/// <summary>The checksums of a ZIP archive's files.</summary>
internal static class Checksum
{
    private const int ChunkBytes = 1 << 20;

    /// <summary>Requires that a file has the CRC-32 that its archive gives.</summary>
    /// <exception cref="InvalidFileException">It has another one.</exception>
    public static void Require(FileRegion region, uint expected, string what)
    {
        Crc32 crc = new();
        byte[] chunk = new byte[(int)Math.Min(ChunkBytes, region.Length)];
        for (long done = 0; done < region.Length; done += chunk.Length)
        {
            Span<byte> part = chunk.AsSpan(0, (int)Math.Min(chunk.Length, region.Length - done));
            region.Read(done, part);
            crc.Append(part);
        }

        if (crc.GetCurrentHashAsUInt32() != expected)
        {
            throw new InvalidFileException(region.Path, $"its {what} does not match its checksum; the weights are damaged, so take another copy");
        }
    }
}
