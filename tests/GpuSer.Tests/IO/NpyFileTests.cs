using System.Text;
using GpuSer.IO;

namespace GpuSer.Tests.IO;

public sealed class NpyFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("gpuser-npy-").FullName;

    private string File => Path.Combine(_folder, "a.npy");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("24,")]
    [InlineData("4, 6")]
    [InlineData("2, 3, 4")]
    public void An_array_comes_back_with_its_shape(string shape)
    {
        int[] extents = [.. shape.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(text => int.Parse(text, System.Globalization.CultureInfo.InvariantCulture))];
        float[] values = [.. Enumerable.Range(0, 24).Select(i => i * 0.5f)];
        NpyFile.Write(File, values, extents);
        NpyArray read = NpyFile.Read(File);
        Assert.Equal(extents, read.Shape);
        Assert.Equal(values, read.Data);
    }

    [Theory]
    [InlineData("2147483647, 2147483647, 2147483647, 2147483647, 2147483647, 2147483647")]
    [InlineData("4294967296")]
    [InlineData("65536, 65536, 65536, 65536")] // 2^64, which is 0 in 64 bits
    [InlineData("65536, 65536")] // 2^32, which is 0 in 32 bits
    [InlineData("1073741824, 4")]
    [InlineData("-1, -4")]
    [InlineData("5,")]
    [InlineData("3,")]
    [InlineData("0,")]
    [InlineData("0, 2147483647, 2147483647, 2147483647")]
    [InlineData("four,")]
    [InlineData("1e9,")]
    public void Shapes_that_the_file_does_not_fill_are_refused(string shape)
    {
        string header = $"{{'descr': '<f4', 'fortran_order': False, 'shape': ({shape}), }}\n";
        System.IO.File.WriteAllBytes(File, [0x93, .. "NUMPY"u8, 1, 0, (byte)header.Length, 0, .. Encoding.ASCII.GetBytes(header), .. new byte[16]]);
        InvalidFileException error = Assert.Throws<InvalidFileException>(() => NpyFile.Read(File));
        Assert.StartsWith(File + ": ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_truncation_is_refused()
    {
        NpyFile.Write(File, new float[6], 2, 3);
        byte[] whole = System.IO.File.ReadAllBytes(File);
        for (int length = 0; length < whole.Length; length++)
        {
            System.IO.File.WriteAllBytes(File, whole[..length]);
            Assert.Throws<InvalidFileException>(() => NpyFile.Read(File));
        }
    }
}
