using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace GpuSer.Training.Tests.Reports;

/// <summary>Reads what the encoder writes, by the standard's text alone: each block's CRC-32 bit by bit, the palette, unfiltered rows.</summary>
internal sealed class PngReader
{
    public PngReader(byte[] file)
    {
        Assert.Equal([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A], file[..8]);
        byte[] palette = [], data = [];
        for (int at = 8; at < file.Length;)
        {
            int length = BinaryPrimitives.ReadInt32BigEndian(file.AsSpan(at));
            string type = Encoding.ASCII.GetString(file, at + 4, 4);
            byte[] content = file[(at + 8)..(at + 8 + length)];
            Assert.Equal(Crc(file[(at + 4)..(at + 8 + length)]), BinaryPrimitives.ReadUInt32BigEndian(file.AsSpan(at + 8 + length)));
            Blocks.Add(type);
            switch (type)
            {
                case "IHDR":
                    (Width, Height) = (BinaryPrimitives.ReadInt32BigEndian(content), BinaryPrimitives.ReadInt32BigEndian(content.AsSpan(4)));
                    Assert.Equal([8, 3, 0, 0, 0], content[8..]);
                    break;
                case "PLTE":
                    palette = content;
                    break;
                case "IDAT":
                    data = content;
                    break;
            }

            at += 12 + length;
        }

        using ZLibStream stream = new(new MemoryStream(data), CompressionMode.Decompress);
        using MemoryStream raw = new();
        stream.CopyTo(raw);
        byte[] rows = raw.ToArray();
        Assert.Equal(Height * (Width + 1), rows.Length);
        Colours = new (byte, byte, byte)[Height, Width];
        for (int y = 0; y < Height; y++)
        {
            Assert.Equal(0, rows[y * (Width + 1)]);
            for (int x = 0; x < Width; x++)
            {
                int index = 3 * rows[(y * (Width + 1)) + 1 + x];
                Colours[y, x] = (palette[index], palette[index + 1], palette[index + 2]);
            }
        }
    }

    public int Width { get; }

    public int Height { get; }

    public List<string> Blocks { get; } = [];

    public (byte Red, byte Green, byte Blue)[,] Colours { get; }

    private static uint Crc(byte[] bytes)
    {
        uint crc = uint.MaxValue;
        foreach (byte value in bytes)
        {
            crc ^= value;
            for (int bit = 0; bit < 8; bit++)
            {
                crc = (crc >> 1) ^ ((crc & 1) * 0xEDB88320);
            }
        }

        return ~crc;
    }
}
