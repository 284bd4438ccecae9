using System.Buffers.Binary;
using System.Text;
using GpuSer.IO;

namespace GpuSer.Training.Weights.Torch;

/// <summary>A file in a ZIP archive, stored as it is.</summary>
/// <param name="Region">Its bytes in the archive.</param>
/// <param name="Crc">Its CRC-32 as the archive gives it.</param>
internal sealed record ZipRecord(FileRegion Region, uint Crc);

/// <summary>
/// The directory of a ZIP archive whose files are only stored (PKWARE's APPNOTE 6.3, with its 64-bit extension), so that each can be read where it lies. Nothing
/// is unpacked, so a small archive stays small; compressed, encrypted and overlapping files are refused.
/// </summary>
/// <remarks>System.IO.Compression does not tell where a file lies, and reads forwards only.</remarks>
internal static class ZipDirectory
{
    private const uint LocalSignature = 0x04034b50, EntrySignature = 0x02014b50, EndSignature = 0x06054b50, End64Signature = 0x06064b50, Locator64Signature = 0x07064b50;
    private const int LocalBytes = 30, EntryBytes = 46, EndBytes = 22, End64Bytes = 56, Locator64Bytes = 20;

    // A directory has some 80 bytes a tensor.
    private const long MostDirectoryBytes = 1 << 24;

    /// <summary>Reads the directory.</summary>
    /// <returns>The files by their names.</returns>
    /// <exception cref="InvalidFileException">The archive is damaged, or has other than stored files.</exception>
    public static IReadOnlyDictionary<string, ZipRecord> Read(FileRegion file)
    {
        (long start, long length, long count) = Place(file);
        byte[] directory = new byte[length];
        file.Read(start, directory);
        Dictionary<string, ZipRecord> records = new(StringComparer.Ordinal);
        ReadOnlySpan<byte> rest = directory;
        for (; count > 0 && rest.Length >= EntryBytes; count--)
        {
            (string name, ZipRecord record, int used) = Entry(file, rest, start);
            rest = rest[used..];
            if (!records.TryAdd(name, record))
            {
                throw Damaged(file, $"holds '{name}' twice");
            }
        }

        if (count != 0 || rest.Length != 0)
        {
            throw Damaged(file, "counts other files than it lists");
        }

        RequireApart(file, records.Values);
        return records;
    }

    private static (long Start, long Length, long Count) Place(FileRegion file)
    {
        // A comment may follow the end's record; its length is the record's last field.
        byte[] tail = new byte[Math.Min(file.Length, EndBytes + ushort.MaxValue)];
        file.Read(file.Length - tail.Length, tail);
        int end = tail.Length - EndBytes;
        while (end >= 0 && (U32(tail, end) != EndSignature || U16(tail, end + 20) != tail.Length - EndBytes - end))
        {
            end--;
        }

        if (end < 0)
        {
            throw new InvalidFileException(file.Path, "begins as a ZIP archive but does not end as one; it is cut short or damaged, so take another copy");
        }

        long before = file.Length - tail.Length + end, count = U16(tail, end + 10), length = U32(tail, end + 12), start = U32(tail, end + 16);
        if (before >= Locator64Bytes)
        {
            byte[] locator = new byte[Locator64Bytes];
            file.Read(before - Locator64Bytes, locator);
            if (U32(locator, 0) == Locator64Signature)
            {
                byte[] end64 = new byte[End64Bytes];
                before = I64(locator, 8);
                file.Read(before, end64);
                if (U32(end64, 0) != End64Signature)
                {
                    throw Damaged(file, "has no directory where it says");
                }

                (count, length, start) = (I64(end64, 32), I64(end64, 40), I64(end64, 48));
            }
        }

        if (start < 0 || length < 0 || count < 0 || start > before || length > before - start || length > MostDirectoryBytes || count > length / EntryBytes)
        {
            throw Damaged(file, "has an impossible directory");
        }

        return (start, length, count);
    }

    private static (string Name, ZipRecord Record, int Used) Entry(FileRegion file, ReadOnlySpan<byte> entry, long dataEnd)
    {
        int nameLength = U16(entry, 28), extraLength = U16(entry, 30), used = EntryBytes + nameLength + extraLength + U16(entry, 32);
        if (U32(entry, 0) != EntrySignature || used > entry.Length)
        {
            throw Damaged(file, "has a damaged directory");
        }

        ReadOnlySpan<byte> nameBytes = entry.Slice(EntryBytes, nameLength);
        string name = Encoding.UTF8.GetString(nameBytes);
        int flags = U16(entry, 8), method = U16(entry, 10);
        if ((flags & 1) != 0 || method != 0)
        {
            throw Damaged(file, $"holds '{ShortText.Of(name)}' {(method != 0 ? $"compressed (method {method})" : "encrypted")}, which PyTorch does not write");
        }

        (long length, long packed, long offset) = Sizes(file, entry.Slice(EntryBytes + nameLength, extraLength), U32(entry, 24), U32(entry, 20), U32(entry, 42));
        if (length != packed || offset < 0 || offset > dataEnd - LocalBytes)
        {
            throw Damaged(file, $"gives '{ShortText.Of(name)}' an impossible place or length");
        }

        byte[] local = new byte[LocalBytes + nameLength];
        file.Read(offset, local.AsSpan(0, (int)Math.Min(local.Length, file.Length - offset)));
        long start = offset + LocalBytes + nameLength + U16(local, 28);
        if (U32(local, 0) != LocalSignature || U16(local, 8) != 0 || U16(local, 26) != nameLength || !local.AsSpan(LocalBytes).SequenceEqual(nameBytes)
            || length < 0 || start > dataEnd || length > dataEnd - start)
        {
            throw Damaged(file, $"does not hold '{ShortText.Of(name)}' where it says");
        }

        return (name, new ZipRecord(file.Slice(start, length), U32(entry, 16)), used);
    }

    /// <summary>The fields that are too large for 32 bits are kept apart, in this order, those that are not left out.</summary>
    private static (long Length, long Packed, long Offset) Sizes(FileRegion file, ReadOnlySpan<byte> extra, uint length, uint packed, uint offset)
    {
        ReadOnlySpan<byte> large = [];
        while (extra.Length >= 4)
        {
            int size = U16(extra, 2);
            if (size > extra.Length - 4)
            {
                throw Damaged(file, "has a damaged directory");
            }

            if (U16(extra, 0) == 1)
            {
                large = extra.Slice(4, size);
            }

            extra = extra[(4 + size)..];
        }

        return (Next(file, length, ref large), Next(file, packed, ref large), Next(file, offset, ref large));

        static long Next(FileRegion file, uint small, ref ReadOnlySpan<byte> large)
        {
            if (small != uint.MaxValue)
            {
                return small;
            }

            if (large.Length < sizeof(long))
            {
                throw Damaged(file, "has a damaged directory");
            }

            long value = I64(large, 0);
            large = large[sizeof(long)..];
            return value;
        }
    }

    private static void RequireApart(FileRegion file, IEnumerable<ZipRecord> records)
    {
        long end = 0;
        foreach (FileRegion region in records.Select(record => record.Region).OrderBy(region => region.Start).ThenBy(region => region.Length))
        {
            if (region.Start < end)
            {
                throw Damaged(file, "holds files that overlap");
            }

            end = region.Start + region.Length;
        }
    }

    private static int U16(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt16LittleEndian(bytes[at..]);

    private static uint U32(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt32LittleEndian(bytes[at..]);

    private static long I64(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadInt64LittleEndian(bytes[at..]);

    private static InvalidFileException Damaged(FileRegion file, string problem) =>
        new(file.Path, $"as a ZIP archive it {problem}; it is damaged or no file of PyTorch's, so take another copy");
}
