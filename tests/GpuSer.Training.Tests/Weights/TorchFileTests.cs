using System.Runtime.InteropServices;
using GpuSer.Fuzz.Seeds;
using GpuSer.IO;
using GpuSer.Training.Weights;
using static GpuSer.Fuzz.Seeds.TorchFiles;

namespace GpuSer.Training.Tests.Weights;

/// <summary>Files put together byte by byte, in all the ways that PyTorch has written state dicts.</summary>
public sealed class TorchFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("gpuser-torch-").FullName;

    private string File => Path.Combine(_folder, "w.pth");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Tensors_come_with_names_shapes_and_values(bool zip)
    {
        byte[] state = PickleBuilder.State(pickle => pickle
            .Text("a.weight").Tensor("7", 6, [2, 3], [3, 1])
            .Text("empty").Tensor("8", 0, [0, 4], [4, 1])
            .Text("counter").Tensor("9", 1, [], [], type: "LongStorage"));
        Stored[] storages = [Floats("7", 1, -2.5f, float.MinValue, float.Epsilon, float.NaN, 7), new("8", 0, []), new("9", 1, BitConverter.GetBytes(long.MinValue + 5))];
        using WeightsFile file = Open(zip ? Zip(state, storages) : Legacy(state, storages));

        Assert.Equal(zip ? WeightsFormat.PyTorchZip : WeightsFormat.PyTorchLegacy, file.Format);
        Assert.Equal(["a.weight (2, 3) F32", "empty (0, 4) F32", "counter () I64"], file.Entries.Select(entry => $"{entry.Name} ({string.Join(", ", entry.Shape)}) {entry.Type}"));
        Assert.Equal([1, -2.5f, float.MinValue, float.Epsilon, float.NaN, 7], Read(file, 0));
        Assert.Empty(Read(file, 1));
        long[] counter = new long[1];
        file.Read(file.Entries[2], counter.AsSpan());
        Assert.Equal(long.MinValue + 5, counter[0]);
        Assert.Throws<ArgumentException>(() => file.Read(file.Entries[0], new float[5].AsSpan()));
        Assert.Throws<ArgumentException>(() => file.Read(file.Entries[0], new long[6].AsSpan()));
        Assert.Throws<ArgumentException>(() => file.Read(file.Entries[2], new float[1].AsSpan()));
    }

    [Fact]
    public void Every_floating_point_type_becomes_float32()
    {
        double[] wide = [1.1, -1e300, double.NaN];
        Half[] half = [(Half)0.5, Half.MinValue, Half.NegativeInfinity];
        ushort[] upper = [0x3fc0, 0xff80, 0x0001];
        using WeightsFile file = Open(Legacy(
            PickleBuilder.State(pickle => pickle
                .Text("d").Tensor("d", 3, [3], [1], type: "DoubleStorage")
                .Text("h").Tensor("h", 3, [3], [1], type: "HalfStorage")
                .Text("b").Tensor("b", 3, [3], [1], type: "BFloat16Storage")),
            new Stored("d", 3, MemoryMarshal.AsBytes(wide.AsSpan()).ToArray()),
            new Stored("h", 3, MemoryMarshal.AsBytes(half.AsSpan()).ToArray()),
            new Stored("b", 3, MemoryMarshal.AsBytes(upper.AsSpan()).ToArray())));

        Assert.Equal([1.1f, float.NegativeInfinity, float.NaN], Read(file, 0));
        Assert.Equal([0.5f, -65504, float.NegativeInfinity], Read(file, 1));
        Assert.Equal([1.5f, float.NegativeInfinity, BitConverter.Int32BitsToSingle(0x10000)], Read(file, 2));
    }

    [Fact]
    public void Offsets_strides_and_shared_storages_are_honoured()
    {
        using WeightsFile file = Open(Zip(
            PickleBuilder.State(pickle => pickle
                .Text("whole").Tensor("0", 12, [3, 4], [4, 1])
                .Text("row").Tensor("0", 12, [4], [1], 4)
                .Text("transposed").Tensor("0", 12, [4, 3], [1, 4])
                .Text("strewn").Tensor("0", 12, [2, 1, 2], [4, 99, 2], 1)
                .Text("element").Tensor("0", 12, [], [], 11)),
            Floats("0", [.. Enumerable.Range(0, 12).Select(i => (float)i)])));

        Assert.Equal(Enumerable.Range(0, 12).Select(i => (float)i), Read(file, 0));
        Assert.Equal([4, 5, 6, 7], Read(file, 1));
        Assert.Equal([0, 4, 8, 1, 5, 9, 2, 6, 10, 3, 7, 11], Read(file, 2));
        Assert.Equal([1, 3, 5, 7], Read(file, 3));
        Assert.Equal([11], Read(file, 4));
    }

    [Fact]
    public void A_part_of_a_strided_tensor_can_be_read()
    {
        using WeightsFile file = Open(Zip(
            PickleBuilder.State(pickle => pickle.Text("a").Tensor("0", 24, [2, 3, 4], [1, 8, 2])), Floats("0", [.. Enumerable.Range(0, 24).Select(i => (float)i)])));
        float[] whole = Read(file, 0), part = new float[5];

        for (int first = 0; first <= 24 - part.Length; first++)
        {
            file.ReadElements(file.Entries[0], first, MemoryMarshal.AsBytes(part.AsSpan()));
            Assert.Equal(whole[first..(first + part.Length)], part);
        }

        Assert.Equal([0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 1], whole[..13]);
    }

    [Fact]
    public void Storages_seen_through_a_window_are_found()
    {
        byte[] state = PickleBuilder.State(pickle => pickle.Text("a")
            .Global("torch._utils", "_rebuild_tensor_v2")
            .Code('(')
            .Code('(').Text("storage").Global("torch", "FloatStorage").Text("root").Text("cuda:0").Number(8)
            .Code('(').Text("window").Number(3).Number(4).Code('t').Code('t').Code('Q')
            .Number(1).Numbers(2).Numbers(1).Raw(0x89).OrderedDict().Code('t').Code('R'));
        using WeightsFile file = Open(Legacy(state, Floats("root", 0, 1, 2, 3, 4, 5, 6, 7)));

        Assert.Equal([4, 5], Read(file, 0));
    }

    /// <summary>As torchvision's first files have them: tensors by <c>_rebuild_tensor</c>, wrapped as parameters with a state.</summary>
    [Fact]
    public void Parameters_of_the_first_versions_are_their_tensors()
    {
        using WeightsFile file = Open(Legacy(
            PickleBuilder.State(pickle => Old(pickle.Text("a").Global("torch.nn.parameter", "Parameter"))
                .Raw(0x85).Code('R').Code('(').Raw(0x88).Raw(0x89).OrderedDict().Code('t').Code('b')),
            Floats("k", 1, 2)));

        Assert.Equal([1, 2], Read(file, 0));

        static PickleBuilder Old(PickleBuilder pickle) => pickle
            .Global("torch._utils", "_rebuild_tensor").Code('(').Storage("k", 2).Number(0)
            .Global("torch", "Size").Numbers(2).Raw(0x85).Code('R').Numbers(1).Code('t').Code('R');
    }

    [Fact]
    public void Parameters_of_later_versions_are_their_tensors()
    {
        using WeightsFile file = Open(Zip(
            PickleBuilder.State(pickle => pickle.Text("a").Global("torch._utils", "_rebuild_parameter").Code('(')
                .Tensor("k", 2, [2], [1]).Raw(0x88).OrderedDict().Code('t').Code('R')),
            Floats("k", 1, 2)));

        Assert.Equal([1, 2], Read(file, 0));
    }

    [Fact]
    public void Tensors_of_the_first_versions_get_their_storage_as_a_state()
    {
        using WeightsFile file = Open(Legacy(
            PickleBuilder.State(pickle => pickle.Text("a").Global("torch", "FloatTensor").Code(')').Raw(0x81)
                .Code('(').Storage("k", 3).Number(1).Numbers(2).Numbers(1).Code('t').Code('b')),
            Floats("k", 1, 2, 3)));

        Assert.Equal([2, 3], Read(file, 0));
    }

    [Fact]
    public void A_state_dict_of_Python_2_is_read()
    {
        byte[] state = new PickleBuilder().Global("collections", "OrderedDict").Code(']')
            .Code(']').Raw([(byte)'U', 1, (byte)'a']).Code('a').Tensor("k", 2, [2], [1]).Code('a').Code('a')
            .Raw(0x85).Code('R').Stop().Bytes;
        using WeightsFile file = Open(Legacy(state, Floats("k", 1, 2)));

        Assert.Equal("a", Assert.Single(file.Entries).Name);
        Assert.Equal([1, 2], Read(file, 0));
    }

    [Fact]
    public void The_newer_protocol_is_read()
    {
        byte[] state = new PickleBuilder().Raw([0x80, 4, 0x95, 0, 0, 0, 0, 0, 0, 0, 0]).Code('}').Raw(0x94)
            .Raw([0x8c, 1, (byte)'a']).Raw(0x94)
            .Raw([0x8c, 12, .. "torch._utils"u8]).Raw([0x8c, 18, .. "_rebuild_tensor_v2"u8]).Raw(0x93)
            .Code('(').Storage("k", 2).Number(0).Number(2).Raw(0x85).Number(1).Raw(0x85).Raw(0x89).OrderedDict().Code('t').Code('R')
            .Code('s').Stop().Bytes;
        using WeightsFile file = Open(Zip(state, Floats("k", 1, 2)));

        Assert.Equal([1, 2], Read(file, 0));
    }

    [Fact]
    public void Values_that_are_remembered_are_repeated()
    {
        byte[] state = PickleBuilder.State(pickle => pickle
            .Text("a").Tensor("k", 2, [2], [1]).Raw([(byte)'q', 3])
            .Text("b").Raw([(byte)'h', 3])
            .Text("c").Raw([(byte)'h', 3]).Raw([(byte)'r', 4, 3, 2, 1])
            .Text("d").Raw([(byte)'j', 4, 3, 2, 1]));
        using WeightsFile file = Open(Legacy(state, Floats("k", 1, 2)));

        Assert.Equal(["a", "b", "c", "d"], file.Entries.Select(entry => entry.Name));
        Assert.All(Enumerable.Range(0, 4), i => Assert.Equal([1, 2], Read(file, i)));
    }

    [Fact]
    public void Archives_with_a_64_bit_directory_are_read()
    {
        using WeightsFile file = Open(Zip(
            [new("w/data.pkl", PickleBuilder.State(pickle => pickle.Text("a").Tensor("0", 2, [2], [1]))), new("w/data/0", Floats("0", 1, 2).Bytes)], zip64: true));

        Assert.Equal([1, 2], Read(file, 0));
    }

    [Fact]
    public void Big_endian_files_are_refused()
    {
        byte[] state = PickleBuilder.State(pickle => pickle.Text("a").Tensor("0", 1, [1], [1]));
        Stored storage = Floats("0", 1);

        Assert.Contains("big-endian", Refused(Legacy(state, false, 1001, storage)), StringComparison.Ordinal);
        Assert.Contains("big-endian", Refused(Zip([new("w/data.pkl", state), new("w/byteorder", [.. "big"u8]), new("w/data/0", storage.Bytes)])), StringComparison.Ordinal);
        Open(Zip([new("w/data.pkl", state), new("w/byteorder", [.. "little"u8]), new("w/data/0", storage.Bytes)])).Dispose();
    }

    [Fact]
    public void Other_files_are_refused_by_what_they_are()
    {
        Assert.Contains("neither", Refused([]), StringComparison.Ordinal);
        Assert.Contains("neither", Refused([.. "<!DOCTYPE html><html>"u8]), StringComparison.Ordinal);
        Assert.Contains("magic number", Refused(new PickleBuilder().Number(7).Stop().Bytes), StringComparison.Ordinal);
        Assert.Contains("1001", Refused(Legacy([], true, 1002)), StringComparison.Ordinal);
        Assert.Contains("TorchScript", Refused(Zip([new("w/data.pkl", []), new("w/constants.pkl", [])])), StringComparison.Ordinal);
        Assert.Contains("no such file", Assert.Throws<InvalidFileException>(() => WeightsFile.Open(File)).Message, StringComparison.Ordinal);
        Assert.Throws<InvalidFileException>(() => WeightsFile.Open(_folder));
    }

    private WeightsFile Open(byte[] bytes)
    {
        System.IO.File.WriteAllBytes(File, bytes);
        return WeightsFile.Open(File);
    }

    private string Refused(byte[] bytes)
    {
        InvalidFileException error = Assert.Throws<InvalidFileException>(() => Open(bytes));
        Assert.StartsWith(File, error.Message, StringComparison.Ordinal);
        System.IO.File.Delete(File);
        return error.Message;
    }

    private static float[] Read(WeightsFile file, int entry)
    {
        float[] values = new float[file.Entries[entry].Count];
        file.Read(file.Entries[entry], values.AsSpan());
        return values;
    }
}
