using GpuSer.Fuzz.Seeds;
using GpuSer.IO;
using GpuSer.Training.Weights;
using static GpuSer.Fuzz.Seeds.TorchFiles;

namespace GpuSer.Training.Tests.Weights;

/// <summary>Files made to do harm, and damaged ones: each is refused by a typed error, before memory is taken for what it promises.</summary>
public sealed class HostileTorchFileTests : IDisposable
{
    private static readonly byte[] State = PickleBuilder.State(pickle => pickle.Text("a").Tensor("0", 3, [3], [1]).Text("b").Tensor("1", 4, [2, 2], [1, 2]));

    private static readonly Stored[] Storages = [Floats("0", 1, 2, 3), Floats("1", 4, 5, 6, 7)];

    private readonly string _folder = Directory.CreateTempSubdirectory("gpuser-hostile-").FullName;

    private string File => Path.Combine(_folder, "w.pth");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    public static TheoryData<string, Action<PickleBuilder>> Pickles => new()
    {
        // What a pickle can run.
        { "'os.system'", pickle => pickle.Global("os", "system").Text("touch /tmp/x").Raw(0x85).Code('R') },
        { "'posix.system'", pickle => pickle.Global("posix", "system").Text("touch /tmp/x").Raw(0x85).Code('R') },
        { "'builtins.eval'", pickle => pickle.Text("builtins").Text("eval").Raw(0x93).Text("1").Raw(0x85).Code('R') },
        { "'builtins.getattr'", pickle => pickle.Global("builtins", "getattr") },
        { "'torch.load'", pickle => pickle.Global("torch", "load") },
        { "'torch._utils._rebuild_sparse_tensor'", pickle => pickle.Global("torch._utils", "_rebuild_sparse_tensor") },
        { "'torch.IntStorage'", pickle => pickle.Storage("0", 3, "IntStorage") },
        { "'torch.nn.parameter.Parameter.x'", pickle => pickle.Global("torch.nn.parameter", "Parameter.x") },
        { "'collections.OrderedDict\\u000d'", pickle => pickle.Global("collections", "OrderedDict\r") },
        { "INST", pickle => pickle.Code('(').Text("x").Raw([.. "ios\nsystem\n"u8]) },
        { "OBJ", pickle => pickle.Code('(').Global("torch", "Size").Code('o') },
        { "NEWOBJ_EX", pickle => pickle.Global("torch", "Size").Code(')').Code('}').Raw(0x92) },
        { "EXT1", pickle => pickle.Raw(0x82, 1) },
        { "PERSID", pickle => pickle.Raw([.. "Pstorage\n"u8]) },
        { "BYTEARRAY8", pickle => pickle.Raw(0x96, 255, 255, 255, 255, 255, 255, 255, 127) },
        { "LONG4", pickle => pickle.Raw(0x8b, 255, 255, 255, 127) },
        { "BINUNICODE8", pickle => pickle.Raw(0x8d, 255, 255, 255, 255, 255, 255, 255, 127) },
        { "0xff", pickle => pickle.Raw(0xff) },
        { "0x00", pickle => pickle.Raw(0) },
        { "protocol 9", pickle => pickle.Raw(0x80, 9) },
        { "protocol 255", pickle => pickle.Raw(0x80, 255) },

        // Lengths and counts.
        { "text of 4,294,967,295 bytes", pickle => pickle.Raw((byte)'X', 255, 255, 255, 255) },
        { "text of 2,147,483,648 bytes", pickle => pickle.Raw((byte)'T', 0, 0, 0, 128) },
        { "number of 255 bytes", pickle => pickle.Raw(0x8a, 255).Raw(new byte[255]) },
        { "not UTF-8", pickle => pickle.Raw(0x8c, 1, 0xff) },
        { "impossible count", pickle => pickle.Storage("0", long.MaxValue) },
        { "impossible count", pickle => pickle.Storage("0", -1) },
        { "way that is none", pickle => pickle.Code('(').Text("storage").Global("torch", "FloatStorage").Text("0").Text("cpu").Raw([(byte)'G', 0x7f, 0xf8, 0, 0, 0, 0, 0, 0]).Code('t').Code('Q') },
        { "way that is none", pickle => pickle.Code('(').Text("storage").Global("torch", "FloatStorage").Text("0").Text("cpu").Code('N').Code('t').Code('Q') },
        { "way that is none", pickle => pickle.Code('(').Text("storage").Global("torch", "Size").Text("0").Text("cpu").Number(3).Code('t').Code('Q') },
        { "way that is none", pickle => pickle.Code('(').Text("storage").Text("FloatStorage").Text("0").Text("cpu").Number(3).Code('t').Code('Q') },
        { "way that is none", pickle => pickle.Code('(').Text("storage").Global("torch", "FloatStorage").Number(0).Text("cpu").Number(3).Code('t').Code('Q') },
        { "way that is none", pickle => pickle.Text("storage").Code('Q') },
        { "whole module", pickle => pickle.Code('(').Text("module").Text("x").Text("y").Text("z").Code('t').Code('Q') },
        { "no device", pickle => pickle.Storage("0", 3, location: "meta") },
        { "no device", pickle => pickle.Storage("0", 3, location: "/dev/mem") },
        { "no device", pickle => pickle.Storage("0", 3, location: "") },
        { "no device", pickle => pickle.Storage("0", 3, location: "cpu\n") },
        { "twice and differently", pickle => pickle.Tensor("0", 3, [3], [1]).Text("x").Tensor("0", 4, [3], [1]) },
        { "twice and differently", pickle => pickle.Tensor("0", 3, [3], [1]).Text("x").Tensor("0", 3, [1], [1], type: "DoubleStorage") },

        // Places outside the storage.
        { "outside its storage", pickle => pickle.Tensor("0", 3, [4], [1]) },
        { "outside its storage", pickle => pickle.Tensor("0", 3, [3], [1], 1) },
        { "outside its storage", pickle => pickle.Tensor("0", 3, [3], [1], -1) },
        { "outside its storage", pickle => pickle.Tensor("0", 3, [3], [1], long.MaxValue) },
        { "outside its storage", pickle => pickle.Tensor("0", 3, [2], [3]) },
        { "outside its storage", pickle => pickle.Tensor("0", 3, [2], [-1], 2) },
        { "outside its storage", pickle => pickle.Tensor("0", 3, [2], [long.MaxValue]) },
        { "outside its storage", pickle => pickle.Tensor("0", 3, [-1], [1]) },
        { "outside its storage", pickle => pickle.Tensor("0", 3, [long.MaxValue, long.MaxValue, 0, 2], [1, 1, 1, 1], 4) },
        { "outside its storage", pickle => pickle.Tensor("0", 3, [long.MaxValue, long.MaxValue], [1, 1]) },
        { "outside its storage", pickle => pickle.Tensor("0", 3, [4], [0]) },
        { "outside its storage", pickle => pickle.Tensor("0", 3, [1 << 20, 1 << 20], [0, 0]) },
        { "outside its storage", pickle => pickle.Tensor("0", 3, [3], [1, 1]) },
        { "outside its storage", pickle => pickle.Tensor("0", 0, [], []) },
        { "other than storage", pickle => pickle.Tensor("0", 3, new long[65], new long[65]) },
        { "other than storage", pickle => pickle.Global("torch._utils", "_rebuild_tensor").Code('(').Text("0").Number(0).Numbers(3).Numbers(1).Code('t').Code('R') },
        { "other than storage", pickle => pickle.Global("torch._utils", "_rebuild_tensor").Code('(').Storage("0", 3).Number(0).Code('(').Text("3").Code('t').Numbers(1).Code('t').Code('R') },
        { "other arguments", pickle => pickle.Global("torch._utils", "_rebuild_tensor_v2").Code(')').Code('R') },
        { "other arguments", pickle => pickle.Global("torch", "FloatStorage").Number(1 << 30).Raw(0x85).Code('R') },
        { "other arguments", pickle => pickle.Global("torch._utils", "_rebuild_parameter").Code('N').Raw(0x85).Code('R') },
        { "part of storage", pickle => pickle.Code('(').Text("storage").Global("torch", "FloatStorage").Text("0").Text("cpu").Number(3).Code('(').Text("v").Number(2).Number(2).Code('t').Code('t').Code('Q') },

        // Stacks, memories and objects used wrongly.
        { "where there is none", pickle => pickle.Code('(').Code('R') },
        { "wrong kind", pickle => pickle.Number(1).Number(2).Code('R') },
        { "wrong kind", pickle => pickle.Number(1).Number(2).Code('a') },
        { "wrong kind", pickle => pickle.Number(1).Number(2).Number(3).Code('s') },
        { "wrong kind", pickle => pickle.Number(1).Number(2).Raw(0x93) },
        { "key without a value", pickle => pickle.Code('}').Code('(').Number(1).Code('u') },
        { "does not hold", pickle => pickle.Raw((byte)'h', 99) },
        { "does not hold", pickle => pickle.Raw((byte)'j', 255, 255, 255, 255) },
        { "state to what has none", pickle => pickle.Code(')').Code('N').Code('b') },
        { "other than pairs", pickle => pickle.Global("collections", "OrderedDict").Code(']').Code('N').Code('a').Raw(0x85).Code('R') },
        { "one value", pickle => pickle.Number(0).Code('u').Number(1).Stop() },

        // What is no state dict.
        { "not a tensor", pickle => pickle.Number(3) },
        { "not a tensor", pickle => pickle.Code('N') },
        { "not a tensor", pickle => pickle.Storage("0", 3) },
        { "not a tensor", pickle => pickle.Global("torch", "FloatTensor").Code(')').Raw(0x81) },
        { "not a tensor", pickle => pickle.Code('}').Raw((byte)'q', 1).Text("self").Raw((byte)'h', 1).Code('s') },
        { "not a tensor", pickle => pickle.Code(']').Raw((byte)'q', 1).Raw((byte)'h', 1).Code('a') },
        { "not a tensor", pickle => pickle.Tensor("0", 3, [3], [1]).Number(1).Tensor("0", 3, [3], [1]) },
        { "twice", pickle => pickle.Tensor("0", 3, [3], [1]).Text("x").Tensor("0", 3, [3], [1]) },
    };

    [Theory]
    [MemberData(nameof(Pickles))]
    public void Hostile_pickles_are_refused_by_what_they_ask_for(string problem, Action<PickleBuilder> value)
    {
        byte[] state = PickleBuilder.State(pickle => value(pickle.Text("x")));
        // What the pickles name is there, so that what is refused is the pickle and not the file.
        Stored[] storage = state.AsSpan().IndexOf("storage"u8) < 0 ? [] : [Floats("0", new float[3])];

        foreach (byte[] bytes in (byte[][])[Legacy(state, storage), Zip(state, storage)])
        {
            Assert.Contains(problem, Refused(bytes), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData('(')]
    [InlineData(']')]
    [InlineData('}')]
    [InlineData(')')]
    [InlineData('N')]
    public void Deep_nesting_and_endless_stacks_are_refused(char code)
    {
        byte[] state = new byte[4 << 20];
        Array.Fill(state, (byte)code);

        AssertSmall(Legacy(state), "instructions");
    }

    [Fact]
    public void A_list_in_a_list_in_a_list_is_refused()
    {
        byte[] state = [0x80, 2, .. Enumerable.Repeat((byte)']', 100_000), .. Enumerable.Repeat((byte)'a', 99_999), (byte)'.'];

        AssertSmall(Legacy(state), "a list, not a state dict");
        AssertSmall(Zip(state), "a list, not a state dict");
    }

    [Fact]
    public void Dicts_made_of_one_list_again_and_again_are_refused()
    {
        PickleBuilder pickle = new PickleBuilder().Code(']').Raw((byte)'q', 0).Code('(');
        for (int i = 0; i < 5000; i++)
        {
            pickle.Code('N').Code('N').Raw(0x86);
        }

        pickle.Code('e');
        for (int i = 0; i < 20_000; i++)
        {
            pickle.Global("collections", "OrderedDict").Raw((byte)'h', 0).Raw(0x85).Code('R');
        }

        AssertSmall(Legacy(pickle.Stop().Bytes), "ever more");
    }

    [Fact]
    public void Memories_that_double_stay_small()
    {
        // Each list holds the one before twice: 2^n elements to whoever walks them.
        PickleBuilder pickle = new PickleBuilder().Code(']').Raw((byte)'q', 0);
        for (int i = 1; i < 200; i++)
        {
            pickle.Code(']').Raw((byte)'h', (byte)(i - 1)).Code('a').Raw((byte)'h', (byte)(i - 1)).Code('a').Raw((byte)'q', (byte)i);
        }

        byte[] state = pickle.Raw(0x85).Stop().Bytes;

        Refused(Legacy(state));
        AssertSmall(Legacy(PickleBuilder.State(p => p.Text("x").Raw(state.AsSpan(2, state.Length - 4)))), "key without a value");
    }

    [Fact]
    public void Tensors_that_share_more_than_a_file_can_mean_are_refused()
    {
        byte[] state = PickleBuilder.State(pickle =>
        {
            pickle.Text("first").Tensor("0", 1000, [1000], [1]).Raw((byte)'q', 9);
            for (int i = 0; i < 20; i++)
            {
                pickle.Text($"{i}").Raw((byte)'h', 9);
            }
        });

        AssertSmall(Zip(state, Floats("0", new float[1000])), "8 times the file");
    }

    [Fact]
    public void Storages_that_are_promised_but_not_there_are_refused_before_memory_is_taken()
    {
        byte[] state = PickleBuilder.State(pickle => pickle.Text("a").Tensor("0", 1L << 40, [1L << 40], [1]));

        AssertSmall(Legacy(state, new Stored("0", 1L << 40, [1, 2, 3, 4])), "1,099,511,627,776 elements");
        AssertSmall(Zip(state, new Stored("0", 1L << 40, [1, 2, 3, 4])), "4,398,046,511,104 bytes");
        AssertSmall(Zip(state), "but holds 0");
        AssertSmall(Legacy(state), "does not hold storage '0'");
    }

    [Fact]
    public void Storages_that_do_not_match_their_pickle_are_refused()
    {
        Assert.Contains("holds 2", Refused(Legacy(State, Storages[0] with { Count = 2 }, Storages[1])), StringComparison.Ordinal);
        Assert.Contains("holds -1", Refused(Legacy(State, Storages[0] with { Count = -1 }, Storages[1])), StringComparison.Ordinal);
        Assert.Contains("twice", Refused(Legacy(State, Storages[0], Storages[0])), StringComparison.Ordinal);
        Assert.Contains("no tensor uses", Refused(Legacy(State, Storages[0], Storages[1], Floats("2", 1))), StringComparison.Ordinal);
        Assert.Contains("behind its last storage", Refused([.. Legacy(State, Storages), 0]), StringComparison.Ordinal);
        Assert.Contains("does not hold storage '1'", Refused(Legacy(State, Storages[0])), StringComparison.Ordinal);
        Assert.Contains("but holds 8", Refused(Zip(State, Storages[0] with { Bytes = new byte[8] }, Storages[1])), StringComparison.Ordinal);
        Assert.Contains("but holds 16", Refused(Zip(State, Storages[0] with { Bytes = new byte[16] }, Storages[1])), StringComparison.Ordinal);
    }

    public static TheoryData<string, Zipped[]> Archives()
    {
        Zipped pickle = new("w/data.pkl", State), first = new("w/data/0", Storages[0].Bytes), second = new("w/data/1", Storages[1].Bytes);
        return new()
        {
            { "0 files of the name data.pkl", [first, second] },
            { "0 files of the name data.pkl", [pickle with { Name = "data.pkl" }, first, second] },
            { "0 files of the name data.pkl", [pickle with { Name = "../w/data.pkl" }, first, second] },
            { "0 files of the name data.pkl", [pickle with { Name = "w\\data.pkl" }, first, second] },
            { "2 files of the name data.pkl", [pickle, first, second, pickle with { Name = "v/data.pkl" }] },
            { "'w/data.pkl' twice", [pickle, first, second, pickle] },
            { "but holds 0", [pickle, first, second with { Name = "w/data/../data/1" }] },
            { "but holds 0", [pickle, first, second with { Name = "/w/data/1" }] },
            { "but holds 0", [pickle, first, second with { Name = "v/data/1" }] },
            { "compressed (method 8)", [pickle with { Method = 8 }, first, second] },
            { "compressed (method 8)", [pickle, first with { Method = 8 }, second] },
            { "compressed (method 99)", [pickle, first, second, new("w/else", []) { Method = 99 }] },
            { "encrypted", [pickle, first with { Flags = 1 }, second] },
            { "does not match its checksum", [pickle with { Crc = 1 }, first, second] },
            { "does not match its checksum", [pickle, first with { Crc = 1 }, second] },
            { "where it says", [pickle, first, second with { Offset = 0 }] },
            { "where it says", [pickle, first, second with { Offset = 1 }] },
            { "impossible place", [pickle, first, second with { Offset = 0xfffffffe }] },
            { "where it says", [pickle, first, second with { Length = 0xfffffffe }] },
            { "damaged directory", [pickle, first, second with { Length = uint.MaxValue }] },
        };
    }

    [Theory]
    [MemberData(nameof(Archives))]
    public void Hostile_archives_are_refused(string problem, Zipped[] files)
    {
        AssertSmall(Zip(files), problem);
    }

    [Fact]
    public void Files_that_lie_in_one_another_are_refused()
    {
        // The directory's second file is one that lies, header and all, in the first: so do the many of a bomb.
        byte[] inner = Zip([new("w/data/1", Storages[1].Bytes)]);
        uint offset = (uint)(30 + "w/x".Length);

        AssertSmall(Zip([new("w/x", inner), new("w/data/1", Storages[1].Bytes) { Offset = offset }]), "overlap");
    }

    [Fact]
    public void An_archive_that_really_is_compressed_is_refused()
    {
        using (FileStream stream = System.IO.File.Create(File))
        using (System.IO.Compression.ZipArchive archive = new(stream, System.IO.Compression.ZipArchiveMode.Create))
        {
            using Stream entry = archive.CreateEntry("w/data.pkl").Open();
            entry.Write(new byte[10 << 20]);
        }

        Assert.Contains("compressed (method 8)", Assert.Throws<InvalidFileException>(Load).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Every_truncation_is_refused(bool zip)
    {
        byte[] whole = zip ? Zip(State, Storages) : Legacy(State, Storages);
        System.IO.File.WriteAllBytes(File, whole);
        Load();

        for (int length = 0; length < whole.Length; length++)
        {
            Refused(whole[..length]);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Every_changed_byte_is_read_or_refused_and_nothing_else(bool zip)
    {
        byte[] whole = zip ? Zip(State, Storages) : Legacy(State, Storages);
        int refused = 0;
        foreach (byte change in (byte[])[0x01, 0x80, 0xff])
        {
            for (int i = 0; i < whole.Length; i++)
            {
                byte[] changed = [.. whole];
                changed[i] ^= change;
                System.IO.File.WriteAllBytes(File, changed);
                try
                {
                    Load();
                }
                catch (InvalidFileException)
                {
                    refused++;
                }
            }
        }

        // The legacy format has no checksum: changed elements and names pass.
        Assert.True(refused > whole.Length, $"{refused} refused");
    }

    [Fact]
    public void In_an_archive_every_flipped_bit_of_pickle_and_elements_is_refused()
    {
        byte[] whole = Zip(State, Storages);
        int[] starts = [whole.AsSpan().IndexOf(State), whole.AsSpan().IndexOf(Storages[0].Bytes), whole.AsSpan().IndexOf(Storages[1].Bytes)];
        int[] lengths = [State.Length, Storages[0].Bytes.Length, Storages[1].Bytes.Length];
        for (int part = 0; part < starts.Length; part++)
        {
            for (int bit = 0; bit < 8 * lengths[part]; bit++)
            {
                byte[] flipped = [.. whole];
                flipped[starts[part] + (bit / 8)] ^= (byte)(1 << (bit % 8));
                Refused(flipped);
            }
        }
    }

    /// <summary>Opens the file and reads all that is in it.</summary>
    private void Load()
    {
        using WeightsFile file = WeightsFile.Open(File);
        foreach (WeightsEntry entry in file.Entries)
        {
            file.ReadElements(entry, 0, new byte[entry.Count * (entry.Type == SafetensorsType.F32 ? 4 : 8)]);
        }
    }

    private string Refused(byte[] bytes)
    {
        System.IO.File.WriteAllBytes(File, bytes);
        InvalidFileException error = Assert.Throws<InvalidFileException>(Load);
        Assert.StartsWith(File + ": ", error.Message, StringComparison.Ordinal);
        Assert.True(error.Message.Length < 1000, "a message is one line");
        return error.Message;
    }

    /// <summary>Asserts that a file is refused for the reason given, and at the cost of little memory.</summary>
    private void AssertSmall(byte[] bytes, string problem)
    {
        System.IO.File.WriteAllBytes(File, bytes);
        long before = GC.GetAllocatedBytesForCurrentThread();
        InvalidFileException error = Assert.Throws<InvalidFileException>(Load);
        long taken = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.Contains(problem, error.Message, StringComparison.Ordinal);
        // The number of a pickle's instructions is bounded, so beside what grows with the file there is a constant.
        Assert.True(taken < (8L * bytes.Length) + (16 << 20), $"{taken:N0} bytes were taken for a file of {bytes.Length:N0}");
    }
}
