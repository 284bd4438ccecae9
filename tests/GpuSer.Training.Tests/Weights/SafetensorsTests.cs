using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using GpuSer.IO;
using GpuSer.Training.Weights;

namespace GpuSer.Training.Tests.Weights;

public sealed class SafetensorsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("gpuser-weights-").FullName;

    private string File => Path.Combine(_folder, "w.safetensors");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void What_is_written_is_read_back()
    {
        WriteSample();

        using SafetensorsFile file = SafetensorsFile.Open(File);

        Assert.Equal(["a.weight", "empty", "counter"], file.Entries.Select(entry => entry.Name));
        Assert.Equal([2L, 3L], file.Entries[0].Shape);
        Assert.Empty(file.Entries[2].Shape);
        float[] weights = new float[6];
        file.Read(file.Entries[0], weights.AsSpan());
        Assert.Equal([1, -2.5f, float.MinValue, float.Epsilon, 0, 7], weights);
        long[] counter = new long[1];
        file.Read(file.Entries[2], counter.AsSpan());
        Assert.Equal(long.MinValue + 5, counter[0]);
        Assert.Equal("text with \"quotes\" and ümläuts", file.Metadata["note"]);
        Assert.Throws<ArgumentException>(() => file.Read(file.Entries[0], counter.AsSpan()));
    }

    [Fact]
    public void The_data_begin_on_an_eight_byte_boundary()
    {
        WriteSample();

        Assert.Equal(0, BinaryPrimitives.ReadInt64LittleEndian(System.IO.File.ReadAllBytes(File)) % 8);
    }

    [Fact]
    public void Every_truncation_is_refused()
    {
        WriteSample();
        byte[] whole = System.IO.File.ReadAllBytes(File);

        for (int length = 0; length < whole.Length; length++)
        {
            System.IO.File.WriteAllBytes(File, whole[..length]);
            InvalidFileException error = Assert.Throws<InvalidFileException>(() => SafetensorsFile.Open(File));
            Assert.StartsWith(File, error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Every_flipped_bit_is_refused()
    {
        WriteSample();
        byte[] whole = System.IO.File.ReadAllBytes(File);

        for (int bit = 0; bit < 8 * whole.Length; bit++)
        {
            byte[] flipped = [.. whole];
            flipped[bit / 8] ^= (byte)(1 << (bit % 8));
            System.IO.File.WriteAllBytes(File, flipped);
            Assert.Throws<InvalidFileException>(() => SafetensorsFile.Open(File));
        }
    }

    [Fact]
    public void Data_added_at_the_end_are_refused()
    {
        WriteSample();
        System.IO.File.AppendAllText(File, "x");

        Assert.Throws<InvalidFileException>(() => SafetensorsFile.Open(File));
    }

    [Theory]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 8, null)]
    [InlineData("""{}""", 0, null)]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", 8, "overlap")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", 8, "gap")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", 8, "8")]
    [InlineData("""{"a":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}""", 8, "shape")]
    [InlineData("""{"a":{"dtype":"F32","shape":[-1,-2],"data_offsets":[0,8]}}""", 8, "shape")]
    [InlineData("""{"a":{"dtype":"F32","shape":[4294967296,4294967296,4294967296],"data_offsets":[0,0]}}""", 0, "shape")]
    [InlineData("""{"a":{"dtype":"F32","shape":[9223372036854775807,9223372036854775807,9223372036854775807,9223372036854775807,0],"data_offsets":[0,0]}}""", 0, "shape")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[-8,0]}}""", 8, "data_offsets")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}}""", 8, "data_offsets")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8,9]}}""", 8, "data_offsets")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,9223372036854775807]}}""", 8, "shape")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1e30],"data_offsets":[0,8]}}""", 8, "JSON")]
    [InlineData("""{"a":{"dtype":"F16","shape":[4],"data_offsets":[0,8]}}""", 8, null)]
    [InlineData("""{"a":{"dtype":"F8_E4M3","shape":[8],"data_offsets":[0,8]}}""", 8, "F8_E4M3")]
    [InlineData("""{"a":{"dtype":7,"shape":[4],"data_offsets":[0,8]}}""", 8, "JSON")]
    [InlineData("""{"a":{"shape":[4],"data_offsets":[0,8]}}""", 8, "JSON")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", 8, "twice")]
    [InlineData("""{"__metadata__":{"x":"1","x":"2"}}""", 0, "JSON")]
    [InlineData("""{"__metadata__":{"x":7}}""", 0, "JSON")]
    [InlineData("""{"__metadata__":{"x":null}}""", 0, "text")]
    [InlineData("""{"__metadata__":{"gpuser.model":"x"}}""", 0, "checksum")]
    [InlineData("""{"a":[[[[[[[[1]]]]]]]]}""", 0, "JSON")]
    [InlineData("""[1]""", 0, "JSON")]
    [InlineData("""nonsense""", 0, "JSON")]
    public void Foreign_and_hostile_headers_are_taken_or_refused_with_the_reason(string header, int dataBytes, string? problem)
    {
        WriteRaw(Encoding.UTF8.GetBytes(header), header.Length, dataBytes);

        if (problem is null)
        {
            SafetensorsFile.Open(File).Dispose();
        }
        else
        {
            Assert.Contains(problem, Assert.Throws<InvalidFileException>(() => SafetensorsFile.Open(File)).Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(long.MinValue)]
    [InlineData(long.MaxValue)]
    [InlineData(100_000_001)]
    [InlineData(17)]
    public void Impossible_header_lengths_are_refused_before_anything_is_allocated(long length)
    {
        WriteRaw([.. "{}"u8], length, 8);

        Assert.Throws<InvalidFileException>(() => SafetensorsFile.Open(File));
    }

    [Fact]
    public void Bytes_that_are_not_utf8_are_refused()
    {
        WriteRaw([.. "{\""u8, 0xff, .. "\":1}"u8], 7, 0);

        Assert.Throws<InvalidFileException>(() => SafetensorsFile.Open(File));
    }

    [Fact]
    public void A_failed_write_leaves_the_old_file()
    {
        WriteSample();
        byte[] before = System.IO.File.ReadAllBytes(File);
        string missing = Path.Combine(_folder, "no", "such", "folder", "w.safetensors");

        Assert.Throws<InvalidFileException>(() => SafetensorsWriter.Write(missing, [], new Dictionary<string, string>()));

        Assert.Equal(before, System.IO.File.ReadAllBytes(File));
        Assert.Equal([File], Directory.GetFiles(_folder));
    }

    private unsafe void WriteSample()
    {
        float[] weights = [1, -2.5f, float.MinValue, float.Epsilon, 0, 7];
        long[] counter = [long.MinValue + 5];
        fixed (float* w = weights)
        fixed (long* c = counter)
        {
            SafetensorsWriter.Write(
                File,
                [
                    new SafetensorsTensor("a.weight", SafetensorsType.F32, [2, 3], (nint)w),
                    new SafetensorsTensor("empty", SafetensorsType.F32, [0, 4], (nint)w),
                    new SafetensorsTensor("counter", SafetensorsType.I64, [], (nint)c),
                ],
                new Dictionary<string, string> { ["note"] = "text with \"quotes\" and ümläuts" });
        }
    }

    private void WriteRaw(byte[] header, long length, int dataBytes)
    {
        byte[] prefix = new byte[8];
        MemoryMarshal.Write(prefix, length);
        System.IO.File.WriteAllBytes(File, [.. prefix, .. header, .. new byte[dataBytes]]);
    }
}
