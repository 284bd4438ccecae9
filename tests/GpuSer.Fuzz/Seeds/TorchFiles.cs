using System.Buffers.Binary;
using System.IO.Hashing;
using System.Text;

namespace GpuSer.Fuzz.Seeds;

/// <summary>Puts small files of PyTorch's formats together, right or wrong as a test wants them.</summary>
public static class TorchFiles
{
    /// <summary>A storage's elements, under its key.</summary>
    public sealed record Stored(string Key, long Count, byte[] Bytes);

    /// <summary>A file in a ZIP archive.</summary>
    public sealed record Zipped(string Name, byte[] Bytes)
    {
        public short Flags { get; init; }

        public short Method { get; init; }

        public uint? Crc { get; init; }

        public uint? Length { get; init; }

        public uint? Offset { get; init; }

        /// <summary>Bytes between the name and the content, as PyTorch aligns storages.</summary>
        public int Padding { get; init; }
    }

    public static Stored Floats(string key, params float[] values) => new(key, values.Length, System.Runtime.InteropServices.MemoryMarshal.AsBytes(values.AsSpan()).ToArray());

    public static byte[] Legacy(byte[] state, params Stored[] storages) => Legacy(state, true, 1001, storages);

    public static byte[] Legacy(byte[] state, bool littleEndian, long protocol, params Stored[] storages)
    {
        PickleBuilder keys = new PickleBuilder().Code(']').Code('(');
        foreach (Stored storage in storages)
        {
            keys.Text(storage.Key);
        }

        List<byte> file =
        [
            .. new PickleBuilder().Raw(0x8a, 10, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19).Stop().Bytes,
            .. new PickleBuilder().Number(protocol).Stop().Bytes,
            .. new PickleBuilder().Code('}').Text("little_endian").Raw((byte)(littleEndian ? 0x88 : 0x89)).Code('s').Stop().Bytes,
            .. state,
            .. keys.Code('e').Stop().Bytes,
        ];
        foreach (Stored storage in storages)
        {
            byte[] count = new byte[8];
            BinaryPrimitives.WriteInt64LittleEndian(count, storage.Count);
            file.AddRange(count);
            file.AddRange(storage.Bytes);
        }

        return [.. file];
    }

    public static byte[] Zip(byte[] state, params Stored[] storages) =>
        Zip([new Zipped("w/data.pkl", state), .. storages.Select(storage => new Zipped($"w/data/{storage.Key}", storage.Bytes) { Padding = 5 }), new Zipped("w/version", [.. "3\n"u8])]);

    public static byte[] Zip(Zipped[] files, bool zip64 = false)
    {
        using MemoryStream stream = new();
        using BinaryWriter writer = new(stream);
        List<byte[]> directory = [];
        foreach (Zipped file in files)
        {
            byte[] name = Encoding.UTF8.GetBytes(file.Name);
            uint offset = file.Offset ?? (uint)stream.Position, crc = file.Crc ?? Crc32.HashToUInt32(file.Bytes), length = file.Length ?? (uint)file.Bytes.Length;
            writer.Write(0x04034b50);
            Shorts(20, file.Flags, file.Method, 0, 0);
            writer.Write(crc);
            writer.Write(length);
            writer.Write(length);
            Shorts((short)name.Length, (short)file.Padding);
            writer.Write(name);
            writer.Write(new byte[file.Padding]);
            writer.Write(file.Bytes);
            directory.Add(Entry(file, name, offset, crc, length, zip64));
        }

        long start = stream.Position, entries = directory.Count;
        directory.ForEach(writer.Write);
        long end = stream.Position;
        if (zip64)
        {
            writer.Write(0x06064b50);
            writer.Write(44L);
            Shorts(45, 45);
            writer.Write(0L);
            writer.Write(entries);
            writer.Write(entries);
            writer.Write(end - start);
            writer.Write(start);
            writer.Write(0x07064b50);
            writer.Write(0);
            writer.Write(end);
            writer.Write(1);
        }

        writer.Write(0x06054b50);
        Shorts(0, 0, zip64 ? (short)-1 : (short)entries, zip64 ? (short)-1 : (short)entries);
        writer.Write(zip64 ? uint.MaxValue : (uint)(end - start));
        writer.Write(zip64 ? uint.MaxValue : (uint)start);
        Shorts(0);
        return stream.ToArray();

        void Shorts(params short[] values) => Array.ForEach(values, writer.Write);
    }

    private static byte[] Entry(Zipped file, byte[] name, uint offset, uint crc, uint length, bool zip64)
    {
        using MemoryStream stream = new();
        using BinaryWriter writer = new(stream);
        writer.Write(0x02014b50);
        Array.ForEach([(short)20, (short)20, file.Flags, file.Method, (short)0, (short)0], writer.Write);
        writer.Write(crc);
        writer.Write(zip64 ? uint.MaxValue : length);
        writer.Write(zip64 ? uint.MaxValue : length);
        Array.ForEach([(short)name.Length, zip64 ? (short)28 : (short)0, (short)0, (short)0, (short)0], writer.Write);
        writer.Write(0);
        writer.Write(zip64 ? uint.MaxValue : offset);
        writer.Write(name);
        if (zip64)
        {
            Array.ForEach([(short)1, (short)24], writer.Write);
            Array.ForEach([(long)length, length, offset], writer.Write);
        }

        return stream.ToArray();
    }
}
