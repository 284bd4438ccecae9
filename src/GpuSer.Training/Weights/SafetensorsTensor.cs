namespace GpuSer.Training.Weights;

/// <summary>Element types of a weights file that GpuSer reads, under safetensors' names.</summary>
internal enum SafetensorsType
{
    /// <summary>32-bit floating point.</summary>
    F32,

    /// <summary>64-bit integer.</summary>
    I64,

    /// <summary>16-bit floating point of IEEE 754.</summary>
    F16,

    /// <summary>The upper half of a 32-bit floating point number.</summary>
    BF16,

    /// <summary>64-bit floating point.</summary>
    F64,
}

/// <summary>A tensor's entry in a safetensors file.</summary>
/// <param name="Name">Its name, as in a state dict.</param>
/// <param name="Type">Element type.</param>
/// <param name="Shape">Extents, outermost first; empty for a scalar.</param>
/// <param name="Offset">Where its bytes begin, from the beginning of the data.</param>
/// <param name="Bytes">How many there are.</param>
internal sealed record SafetensorsEntry(string Name, SafetensorsType Type, IReadOnlyList<long> Shape, long Offset, long Bytes)
    : WeightsEntry(Name, Type, Shape);

/// <summary>Gives a tensor's bytes, in C order and piece by piece, to what takes them.</summary>
/// <param name="take">Called for each piece; it keeps nothing of it.</param>
internal delegate void TensorBytes(Action<ReadOnlySpan<byte>> take);

/// <summary>A tensor to be written.</summary>
/// <param name="Name">Its name, as in a state dict.</param>
/// <param name="Type">Element type.</param>
/// <param name="Shape">Extents, outermost first; empty for a scalar.</param>
/// <param name="Data">Its elements; as many bytes as the shape asks for.</param>
internal sealed record SafetensorsTensor(string Name, SafetensorsType Type, IReadOnlyList<long> Shape, TensorBytes Data)
{
    private const int ChunkBytes = 1 << 22;

    /// <summary>Describes a tensor whose elements lie in memory, in C order.</summary>
    /// <param name="name">Its name, as in a state dict.</param>
    /// <param name="type">Element type.</param>
    /// <param name="shape">Extents, outermost first; empty for a scalar.</param>
    /// <param name="data">Address of the first element; it must stay valid until the file is written.</param>
    public SafetensorsTensor(string name, SafetensorsType type, IReadOnlyList<long> shape, nint data)
        : this(name, type, shape, FromMemory(data, Size(type, shape)))
    {
    }

    /// <summary>Bytes of all elements.</summary>
    public long Bytes => Size(Type, Shape);

    private static long Size(SafetensorsType type, IReadOnlyList<long> shape) =>
        shape.Aggregate((long)type.Width(), (product, extent) => checked(product * extent));

    private static unsafe TensorBytes FromMemory(nint data, long bytes) => take =>
    {
        for (long done = 0; done < bytes; done += ChunkBytes)
        {
            take(new ReadOnlySpan<byte>((byte*)data + done, (int)Math.Min(ChunkBytes, bytes - done)));
        }
    };
}

/// <summary>What is known of an element type.</summary>
internal static class SafetensorsTypes
{
    public static int Width(this SafetensorsType type) => type switch
    {
        SafetensorsType.F16 or SafetensorsType.BF16 => 2,
        SafetensorsType.F32 => 4,
        _ => 8,
    };
}
