using System.Buffers.Binary;

namespace GpuSer.Audio;

/// <summary>
/// Tells whether a RIFF WAVE file holds fewer bytes than its header promises. libsndfile reads such a file up to its end without
/// a word.
/// </summary>
internal static class WaveHeader
{
    /// <summary>Bytes missing at the end of the file's data chunk; 0 where nothing is missing, or the file is of another kind.</summary>
    public static long MissingBytes(string path)
    {
        using FileStream file = File.OpenRead(path);
        Span<byte> header = stackalloc byte[12];
        if (file.ReadAtLeast(header, 12, throwOnEndOfStream: false) < 12 || !header[..4].SequenceEqual("RIFF"u8) || !header[8..].SequenceEqual("WAVE"u8))
        {
            return 0;
        }

        Span<byte> chunk = stackalloc byte[8];
        while (file.ReadAtLeast(chunk, 8, throwOnEndOfStream: false) == 8)
        {
            uint size = BinaryPrimitives.ReadUInt32LittleEndian(chunk[4..]);
            if (chunk[..4].SequenceEqual("data"u8))
            {
                // A program that writes to a pipe does not know the length and says the largest.
                bool known = size < int.MaxValue - ushort.MaxValue;
                return known ? Math.Max(0, file.Position + size - file.Length) : 0;
            }

            file.Seek(size + (size & 1), SeekOrigin.Current);
        }

        return 0;
    }
}
