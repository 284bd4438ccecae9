using System.Buffers.Binary;
using System.Numerics;
using System.Text;
using GpuSer.IO;

namespace GpuSer.Training.Reports;

/// <summary>
/// A TensorBoard event file: TFRecords, each the length of its content, a checksum of that, the content, and a checksum of it (masked CRC-32C); the content is a
/// message <c>Event</c> of <c>tensorflow/core/util/event.proto</c> in protobuf's wire format. One that is there is appended to, after what a process that was
/// killed had not finished writing is cut off. Of one that is damaged further up all whole records are kept, and it is set aside as it was.
/// </summary>
internal sealed class EventFile : IDisposable
{
    private const int HeaderBytes = 12, FooterBytes = 4;

    // Fields of Event: 1 wall_time (double), 2 step (int64), 3 file_version (string), 5 summary; of Summary: 1 value; of Value: 1 tag, 2 simple_value.
    private const byte WallTime = (1 << 3) | 1, Step = 2 << 3, FileVersion = (3 << 3) | 2, Summary = (5 << 3) | 2;
    private const byte Value = (1 << 3) | 2, Tag = (1 << 3) | 2, SimpleValue = (2 << 3) | 5;

    private readonly FileStream _file;

    private EventFile(FileStream file)
    {
        _file = file;
    }

    /// <summary>The last step that is in the file; 0 where none is.</summary>
    public long LastStep { get; private set; }

    /// <summary>Opens the file of a run folder, or begins it.</summary>
    /// <exception cref="InvalidFileException">It cannot be written.</exception>
    public static EventFile Open(string folder)
    {
        AtomicFile.CreateFolder(folder);
        // TensorBoard takes what has "tfevents" in its name, and orders by it.
        string path = Directory.EnumerateFiles(folder, "events.out.tfevents.*.gpuser").Order(StringComparer.Ordinal).LastOrDefault()
            ?? Path.Combine(folder, $"events.out.tfevents.{DateTimeOffset.UtcNow.ToUnixTimeSeconds()}.gpuser");
        return Guard(path, () =>
        {
            Repair(path);
            EventFile events = new(new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read));
            events.SeekEnd();
            return events;
        });
    }

    /// <summary>Appends the scalars of a step, and flushes them, so that TensorBoard shows them while the training runs.</summary>
    /// <exception cref="InvalidFileException">The disk is full.</exception>
    public void Append(long step, params ReadOnlySpan<(string Tag, double Value)> scalars)
    {
        using MemoryStream summary = new();
        foreach ((string tag, double value) in scalars)
        {
            using MemoryStream one = new();
            WriteBytes(one, Tag, Encoding.UTF8.GetBytes(tag));
            one.WriteByte(SimpleValue);
            one.Write(BitConverter.GetBytes((float)value));
            WriteBytes(summary, Value, one.ToArray());
        }

        using MemoryStream content = NewEvent();
        content.WriteByte(Step);
        WriteVarint(content, (ulong)step);
        WriteBytes(content, Summary, summary.ToArray());
        Guard(_file.Name, () => Write(content.ToArray()));
        LastStep = step;
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    /// <summary>TensorFlow's masked CRC-32C: rotated right by 15 bits, plus a constant.</summary>
    internal static uint MaskedCrc(ReadOnlySpan<byte> bytes)
    {
        uint crc = uint.MaxValue;
        foreach (byte value in bytes)
        {
            crc = BitOperations.Crc32C(crc, value);
        }

        return BitOperations.RotateRight(~crc, 15) + 0xa282ead8;
    }

    private static MemoryStream NewEvent()
    {
        MemoryStream content = new();
        content.WriteByte(WallTime);
        content.Write(BitConverter.GetBytes(DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() / 1000.0));
        return content;
    }

    private bool Write(byte[] content)
    {
        _file.Write(Framed(content));
        _file.Flush();
        return true;
    }

    private static byte[] Framed(byte[] content)
    {
        byte[] record = new byte[HeaderBytes + content.Length + FooterBytes];
        BinaryPrimitives.WriteInt64LittleEndian(record, content.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(record.AsSpan(8), MaskedCrc(record.AsSpan(0, 8)));
        content.CopyTo(record, HeaderBytes);
        BinaryPrimitives.WriteUInt32LittleEndian(record.AsSpan(HeaderBytes + content.Length), MaskedCrc(content));
        return record;
    }

    private static byte[] Version()
    {
        using MemoryStream version = NewEvent();
        WriteBytes(version, FileVersion, "brain.Event:2"u8);
        return version.ToArray();
    }

    /// <summary>
    /// Where whole records follow a damaged one, which readers would stop at, writes the whole ones alone. The file as it was stays beside it, under a name that
    /// TensorBoard does not take for a file of events.
    /// </summary>
    private static void Repair(string path)
    {
        byte[] all = File.Exists(path) ? File.ReadAllBytes(path) : [];
        using MemoryStream kept = new();
        bool damaged = false;
        for (int at = 0, end = 0; at < all.Length;)
        {
            if (RecordAt(all, at) is not { } content)
            {
                at++; // a length may be what is damaged, so that the next record may begin anywhere
                continue;
            }

            damaged |= at > end;
            if (at > 0 && kept.Length == 0)
            {
                kept.Write(Framed(Version()));
            }

            kept.Write(Framed(content));
            at += HeaderBytes + content.Length + FooterBytes;
            end = at;
        }

        if (damaged)
        {
            string aside = Path.GetFileName(path).Replace("tfevents", "damaged", StringComparison.Ordinal);
            File.Copy(path, Path.Combine(Path.GetDirectoryName(path)!, $"{aside}.{DateTimeOffset.UtcNow.ToUnixTimeMilliseconds()}"), overwrite: true);
            AtomicFile.Write(path, kept.WriteTo);
        }
    }

    /// <summary>Goes behind the last whole record, cuts off what follows, and begins the file where nothing is whole.</summary>
    private void SeekEnd()
    {
        byte[] all = new byte[_file.Length];
        _file.ReadExactly(all);
        int end = 0;
        while (RecordAt(all, end) is { } content)
        {
            LastStep = Math.Max(LastStep, StepOf(content));
            end += HeaderBytes + content.Length + FooterBytes;
        }

        _file.SetLength(end);
        _file.Position = end;
        if (end == 0)
        {
            Write(Version());
        }
    }

    private static byte[]? RecordAt(ReadOnlySpan<byte> all, int start)
    {
        ReadOnlySpan<byte> rest = all[start..];
        if (rest.Length < HeaderBytes + FooterBytes || BinaryPrimitives.ReadUInt32LittleEndian(rest[8..]) != MaskedCrc(rest[..8]))
        {
            return null;
        }

        long length = BinaryPrimitives.ReadInt64LittleEndian(rest);
        if (length < 0 || length > rest.Length - HeaderBytes - FooterBytes)
        {
            return null;
        }

        ReadOnlySpan<byte> content = rest.Slice(HeaderBytes, (int)length);
        return BinaryPrimitives.ReadUInt32LittleEndian(rest[(HeaderBytes + (int)length)..]) == MaskedCrc(content) ? content.ToArray() : null;
    }

    /// <summary>The step of an event of ours: it follows the time.</summary>
    private static long StepOf(ReadOnlySpan<byte> content)
    {
        const int at = 1 + sizeof(double);
        long step = 0;
        for (int i = at + 1, shift = 0; content.Length > at && content[at] == Step && i < content.Length && shift < 63; i++, shift += 7)
        {
            step |= (long)(content[i] & 0x7f) << shift;
            if (content[i] < 0x80)
            {
                return step;
            }
        }

        return 0;
    }

    private static void WriteBytes(MemoryStream stream, byte field, ReadOnlySpan<byte> bytes)
    {
        stream.WriteByte(field);
        WriteVarint(stream, (ulong)bytes.Length);
        stream.Write(bytes);
    }

    private static void WriteVarint(MemoryStream stream, ulong value)
    {
        for (; value >= 0x80; value >>= 7)
        {
            stream.WriteByte((byte)(value | 0x80));
        }

        stream.WriteByte((byte)value);
    }

    private static T Guard<T>(string path, Func<T> write)
    {
        try
        {
            return write();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new InvalidFileException(path, $"cannot be written: {error.Message}", error);
        }
    }
}
