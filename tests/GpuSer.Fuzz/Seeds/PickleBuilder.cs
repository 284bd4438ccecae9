using System.Buffers.Binary;
using System.Text;

namespace GpuSer.Fuzz.Seeds;

/// <summary>Writes a pickle instruction by instruction, right or wrong as a test wants it.</summary>
public sealed class PickleBuilder
{
    private readonly List<byte> _bytes = [0x80, 2];

    /// <summary>What is written so far; pickles follow one another.</summary>
    public byte[] Bytes => [.. _bytes];

    /// <summary>A state dict of what <paramref name="entries"/> writes: names and values by turns.</summary>
    public static byte[] State(Action<PickleBuilder> entries)
    {
        PickleBuilder pickle = new PickleBuilder().OrderedDict().Code('(');
        entries(pickle);
        return pickle.Code('u').Stop().Bytes;
    }

    public PickleBuilder Raw(params ReadOnlySpan<byte> bytes)
    {
        _bytes.AddRange(bytes);
        return this;
    }

    public PickleBuilder Code(char code) => Raw((byte)code);

    public PickleBuilder Stop() => Code('.');

    public PickleBuilder Text(string text)
    {
        byte[] utf8 = Encoding.UTF8.GetBytes(text), length = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(length, utf8.Length);
        return Code('X').Raw(length).Raw(utf8);
    }

    public PickleBuilder Number(long value)
    {
        byte[] bytes = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, value);
        return value is >= 0 and < 256 ? Code('K').Raw((byte)value) : Raw(0x8a, 8).Raw(bytes);
    }

    public PickleBuilder Numbers(params long[] values)
    {
        Code('(');
        foreach (long value in values)
        {
            Number(value);
        }

        return Code('t');
    }

    public PickleBuilder Global(string module, string name) => Raw(Encoding.UTF8.GetBytes($"c{module}\n{name}\n"));

    /// <summary>Python 3's empty OrderedDict.</summary>
    public PickleBuilder OrderedDict() => Global("collections", "OrderedDict").Code(')').Code('R');

    /// <summary>A storage by its persistent identifier.</summary>
    public PickleBuilder Storage(string key, long count, string type = "FloatStorage", string location = "cpu") =>
        Code('(').Text("storage").Global("torch", type).Text(key).Text(location).Number(count).Code('t').Code('Q');

    /// <summary>A tensor as PyTorch has written it since 0.4.</summary>
    public PickleBuilder Tensor(string key, long count, long[] shape, long[] strides, long offset = 0, string type = "FloatStorage") =>
        Global("torch._utils", "_rebuild_tensor_v2").Code('(').Storage(key, count, type).Number(offset).Numbers(shape).Numbers(strides)
            .Raw(0x89).OrderedDict().Code('t').Code('R');
}
