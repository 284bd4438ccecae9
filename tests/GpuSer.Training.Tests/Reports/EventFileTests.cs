using System.Buffers.Binary;
using GpuSer.Training.Reports;

namespace GpuSer.Training.Tests.Reports;

public sealed class EventFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("gpuser-events-").FullName;

    private string File => Directory.GetFiles(_folder).Single();

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void The_checksum_is_that_of_tensorflow()
    {
        // CRC-32C of "123456789" is 0xE3069283 (RFC 3720's polynomial, the usual check value).
        Assert.Equal(((0xE3069283 >> 15) | (0xE3069283 << 17)) + 0xa282ead8, EventFile.MaskedCrc("123456789"u8));
    }

    [Fact]
    public void Records_are_what_the_formats_say()
    {
        using (EventFile events = EventFile.Open(_folder))
        {
            events.Append(300, ("a", 0.5));
        }

        Assert.Contains(".tfevents.", Path.GetFileName(File), StringComparison.Ordinal);
        byte[][] records = [.. Records(System.IO.File.ReadAllBytes(File))];
        Assert.Equal(2, records.Length);
        Assert.Equal([0x1A, 13, .. "brain.Event:2"u8.ToArray()], records[0][9..]);
        Assert.Equal(0x09, records[1][0]);
        // step 300 as a varint; summary of 10 bytes: a value of 8: tag "a", simple_value 0.5.
        Assert.Equal([0x10, 0xAC, 0x02, 0x2A, 10, 0x0A, 8, 0x0A, 1, (byte)'a', 0x15, 0, 0, 0, 0x3F], records[1][9..]);
    }

    [Fact]
    public void A_file_cut_anywhere_is_gone_on_with_after_its_last_whole_record()
    {
        using (EventFile events = EventFile.Open(_folder))
        {
            events.Append(1, ("loss", 2));
            events.Append(2, ("loss", 1));
        }

        string path = File;
        byte[] whole = System.IO.File.ReadAllBytes(path);
        int[] ends = [.. Ends(whole)];
        for (int length = 0; length < whole.Length; length++)
        {
            System.IO.File.WriteAllBytes(path, whole[..length]);
            int kept = ends.Count(end => end <= length);
            using (EventFile events = EventFile.Open(_folder))
            {
                Assert.Equal(Math.Max(0, kept - 1), events.LastStep);
                events.Append(9, ("loss", 0));
            }

            Assert.Equal(Math.Max(1, kept) + 1, Records(System.IO.File.ReadAllBytes(path)).Count());
        }
    }

    [Fact]
    public void A_damaged_record_is_cut_off_too()
    {
        using (EventFile events = EventFile.Open(_folder))
        {
            events.Append(1, ("loss", 2));
        }

        byte[] bytes = System.IO.File.ReadAllBytes(File);
        bytes[^6] ^= 1;
        System.IO.File.WriteAllBytes(File, bytes);
        using EventFile again = EventFile.Open(_folder);
        Assert.Equal(0, again.LastStep);
    }

    [Theory]
    [InlineData(0, 3)] // the length
    [InlineData(9, 3)] // its checksum
    [InlineData(14, 3)] // the content
    [InlineData(-1, 3)] // its checksum
    [InlineData(14, 0)] // in the first record, which says what the file is
    public void Of_a_file_that_is_damaged_further_up_only_the_damaged_record_is_lost(int place, int record)
    {
        using (EventFile events = EventFile.Open(_folder))
        {
            for (int step = 1; step <= 5; step++)
            {
                events.Append(step, ("loss", step));
            }
        }

        string path = File;
        byte[] whole = System.IO.File.ReadAllBytes(path), damaged = [.. whole];
        int[] bounds = [0, .. Ends(whole)];
        damaged[place < 0 ? bounds[record + 1] + place : bounds[record] + place] ^= 1;
        System.IO.File.WriteAllBytes(path, [.. damaged, 1, 2, 3]); // and an unfinished tail

        using (EventFile events = EventFile.Open(_folder))
        {
            Assert.Equal(5, events.LastStep);
            events.Append(6, ("loss", 6));
        }

        byte[][] before = [.. Records(whole)], after = [.. Records(System.IO.File.ReadAllBytes(path))];
        Assert.Equal("brain.Event:2"u8.ToArray(), after[0][^13..]);
        Assert.Equal(before[1..].Where((_, i) => i + 1 != record), after[1..^1]);
        string aside = Directory.GetFiles(_folder).Single(file => file != path);
        Assert.DoesNotContain("tfevents", aside, StringComparison.Ordinal);
        Assert.Equal([.. damaged, 1, 2, 3], System.IO.File.ReadAllBytes(aside));
    }

    [Fact]
    public void A_folder_that_is_a_file_is_named()
    {
        string path = Path.Combine(_folder, "file");
        System.IO.File.WriteAllText(path, "in the way");
        Assert.Contains(path, Assert.Throws<IO.InvalidFileException>(() => EventFile.Open(path)).Message, StringComparison.Ordinal);
    }

    /// <summary>The contents of whole records, their checksums compared.</summary>
    internal static IEnumerable<byte[]> Records(byte[] file)
    {
        int start = 0;
        foreach (int end in Ends(file))
        {
            byte[] content = file[(start + 12)..(end - 4)];
            Assert.Equal(EventFile.MaskedCrc(file.AsSpan(start, 8)), BinaryPrimitives.ReadUInt32LittleEndian(file.AsSpan(start + 8)));
            Assert.Equal(EventFile.MaskedCrc(content), BinaryPrimitives.ReadUInt32LittleEndian(file.AsSpan(end - 4)));
            yield return content;
            start = end;
        }
    }

    private static IEnumerable<int> Ends(byte[] file)
    {
        for (int at = 0; at < file.Length;)
        {
            at += 16 + (int)BinaryPrimitives.ReadInt64LittleEndian(file.AsSpan(at));
            yield return at;
        }
    }
}
