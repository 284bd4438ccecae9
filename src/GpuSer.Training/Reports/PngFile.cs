using System.Buffers.Binary;
using System.IO.Compression;
using System.IO.Hashing;

namespace GpuSer.Training.Reports;

/// <summary>
/// Encodes pictures of at most 256 colours as PNG (ISO/IEC 15948): a header, a palette and one zlib stream of unfiltered rows, each block with its CRC-32.
/// </summary>
internal static class PngFile
{
    private static ReadOnlySpan<byte> Signature => [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A];

    /// <summary>Encodes a picture.</summary>
    /// <param name="width">Pixels of a row; at least 1.</param>
    /// <param name="pixels">Indices into the palette, row by row from the top. [shape = (height, width)]</param>
    /// <param name="palette">Colours, red, green, blue. [shape = (1 to 256, 3)]</param>
    /// <returns>The file's bytes.</returns>
    /// <exception cref="ArgumentException">The pixels are no whole number of rows, or the palette is no list of colours.</exception>
    public static byte[] Encode(int width, ReadOnlySpan<byte> pixels, ReadOnlySpan<byte> palette)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        if (pixels.Length == 0 || pixels.Length % width != 0)
        {
            throw new ArgumentException($"{pixels.Length} pixels are no rows of {width}", nameof(pixels));
        }

        if (palette.Length is 0 or > 3 * 256 || palette.Length % 3 != 0)
        {
            throw new ArgumentException($"{palette.Length} bytes are no palette", nameof(palette));
        }

        Span<byte> header = stackalloc byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header[4..], pixels.Length / width);
        header[8] = 8; // bits a pixel
        header[9] = 3; // colours by a palette
        using MemoryStream file = new();
        file.Write(Signature);
        WriteChunk(file, "IHDR"u8, header);
        WriteChunk(file, "PLTE"u8, palette);
        WriteChunk(file, "IDAT"u8, Compress(width, pixels));
        WriteChunk(file, "IEND"u8, []);
        return file.ToArray();
    }

    /// <summary>The picture as an address that holds it, for a page.</summary>
    public static string DataUri(ReadOnlySpan<byte> png) => "data:image/png;base64," + Convert.ToBase64String(png);

    private static byte[] Compress(int width, ReadOnlySpan<byte> pixels)
    {
        using MemoryStream compressed = new();
        using (ZLibStream stream = new(compressed, CompressionLevel.SmallestSize, leaveOpen: true))
        {
            for (int row = 0; row < pixels.Length; row += width)
            {
                stream.WriteByte(0); // filter: none, the best for indices
                stream.Write(pixels.Slice(row, width));
            }
        }

        return compressed.ToArray();
    }

    private static void WriteChunk(MemoryStream file, ReadOnlySpan<byte> type, ReadOnlySpan<byte> content)
    {
        Span<byte> number = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(number, content.Length);
        file.Write(number);
        file.Write(type);
        file.Write(content);
        Crc32 check = new();
        check.Append(type);
        check.Append(content);
        BinaryPrimitives.WriteUInt32BigEndian(number, check.GetCurrentHashAsUInt32());
        file.Write(number);
    }
}
