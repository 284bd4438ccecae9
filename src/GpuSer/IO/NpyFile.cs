using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.RegularExpressions;

namespace GpuSer.IO;

/// <summary>A dense array in C order with its shape, as kept in a <c>.npy</c> file.</summary>
/// <param name="Shape">Extents, outermost first; empty for a scalar.</param>
/// <param name="Data">Elements, last axis fastest. [length = product of Shape]</param>
internal sealed record NpyArray(int[] Shape, float[] Data);

/// <summary>
/// Reads and writes NumPy's <c>.npy</c> format, version 1.0 to 3.0, for numeric arrays in C order
/// (NEP 1, https://numpy.org/neps/nep-0001-npy-format.html).
/// </summary>
internal static partial class NpyFile
{
    private const int MaxHeaderBytes = 1 << 20;

    private static ReadOnlySpan<byte> Magic => [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y'];

    /// <summary>Reads an array of float32, float64, int32 or int64 values as float32.</summary>
    /// <exception cref="InvalidFileException">The file is not such an array, or is cut short.</exception>
    public static NpyArray Read(string path)
    {
        byte[] bytes = InvalidFileException.Guard(path, () => File.ReadAllBytes(path));
        (string header, int offset) = ReadHeader(path, bytes);
        string type = Field(path, header, DescrPattern());
        if (Field(path, header, OrderPattern()) != "False")
        {
            throw new InvalidFileException(path, "is in Fortran order; save it with numpy.ascontiguousarray");
        }

        int[] shape = ParseShape(path, Field(path, header, ShapePattern()));
        // In 128 bits the product of all extents that a header may have cannot be mistaken for a small one: it stops at the first that is too large.
        Int128 count = shape.Contains(0) ? 0 : shape.Aggregate((Int128)1, (product, extent) => product > int.MaxValue ? product : product * extent);
        int width = type switch
        {
            "<f4" or "<i4" => 4,
            "<f8" or "<i8" => 8,
            _ => throw new InvalidFileException(path, $"holds elements of type '{type}'; save it as float32"),
        };
        if (bytes.Length - offset != count * width)
        {
            throw new InvalidFileException(
                path, $"should hold {count * width:N0} bytes of data after its header but holds {bytes.Length - offset:N0}");
        }

        return new NpyArray(shape, Convert(type, bytes.AsSpan(offset), (int)count));
    }

    /// <summary>Writes an array as float32, version 1.0, through a temporary file so that no reader ever sees half of it.</summary>
    /// <param name="path">File to create or replace.</param>
    /// <param name="data">Elements, last axis fastest.</param>
    /// <param name="shape">Extents; their product is the length of <paramref name="data"/>.</param>
    public static void Write(string path, ReadOnlySpan<float> data, params ReadOnlySpan<int> shape)
    {
        long count = 1;
        StringBuilder extents = new();
        foreach (int extent in shape)
        {
            count *= extent;
            extents.Append(extent).Append(shape.Length == 1 ? "," : ", ");
        }

        if (count != data.Length)
        {
            throw new ArgumentException($"the shape holds {count} elements, the data {data.Length}", nameof(shape));
        }

        string list = shape.Length > 1 ? extents.ToString(0, extents.Length - 2) : extents.ToString();
        string header = $"{{'descr': '<f4', 'fortran_order': False, 'shape': ({list}), }}";
        int padding = 63 - ((Magic.Length + 4 + header.Length) % 64);
        byte[] headerBytes = Encoding.ASCII.GetBytes(header + new string(' ', padding) + "\n");

        AtomicFile.Write(path, MemoryMarshal.AsBytes(data), (stream, body) =>
        {
            stream.Write(Magic);
            stream.Write([1, 0, (byte)headerBytes.Length, (byte)(headerBytes.Length >> 8)]);
            stream.Write(headerBytes);
            stream.Write(body);
        });
    }

    private static (string Header, int DataOffset) ReadHeader(string path, byte[] bytes)
    {
        if (bytes.Length < 10 || !bytes.AsSpan(0, 6).SequenceEqual(Magic))
        {
            throw new InvalidFileException(path, "is not a .npy file");
        }

        bool wide = bytes[6] >= 2;
        int start = wide ? 12 : 10;
        long length = wide && bytes.Length >= 12
            ? BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(8))
            : BinaryPrimitives.ReadUInt16LittleEndian(bytes.AsSpan(8));
        if (bytes[6] is 0 or > 3 || length > MaxHeaderBytes || start + length > bytes.Length)
        {
            throw new InvalidFileException(path, "has a damaged .npy header");
        }

        return (Encoding.UTF8.GetString(bytes, start, (int)length), start + (int)length);
    }

    private static string Field(string path, string header, Regex pattern)
    {
        Match match = pattern.Match(header);
        return match.Success ? match.Groups[1].Value : throw new InvalidFileException(path, "has a damaged .npy header");
    }

    private static int[] ParseShape(string path, string text)
    {
        string[] parts = text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        int[] shape = new int[parts.Length];
        for (int i = 0; i < parts.Length; i++)
        {
            if (!int.TryParse(parts[i], out shape[i]) || shape[i] < 0)
            {
                throw new InvalidFileException(path, $"has the impossible shape ({text})");
            }
        }

        return shape;
    }

    private static float[] Convert(string type, ReadOnlySpan<byte> bytes, int count)
    {
        float[] data = new float[count];
        for (int i = 0; i < count; i++)
        {
            data[i] = type switch
            {
                "<f4" => BinaryPrimitives.ReadSingleLittleEndian(bytes[(4 * i)..]),
                "<f8" => (float)BinaryPrimitives.ReadDoubleLittleEndian(bytes[(8 * i)..]),
                "<i4" => BinaryPrimitives.ReadInt32LittleEndian(bytes[(4 * i)..]),
                _ => BinaryPrimitives.ReadInt64LittleEndian(bytes[(8 * i)..]),
            };
        }

        return data;
    }

    [GeneratedRegex(@"'descr':\s*'([^']*)'")]
    private static partial Regex DescrPattern();

    [GeneratedRegex(@"'fortran_order':\s*(True|False)")]
    private static partial Regex OrderPattern();

    [GeneratedRegex(@"'shape':\s*\(([^)]*)\)")]
    private static partial Regex ShapePattern();
}
