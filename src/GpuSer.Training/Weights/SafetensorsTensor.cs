namespace GpuSer.Training.Weights;

/// <summary>Element types of a safetensors file that GpuSer reads.</summary>
public enum SafetensorsType
{
    /// <summary>32-bit floating point.</summary>
    F32,

    /// <summary>64-bit integer.</summary>
    I64,
}

/// <summary>A tensor's entry in a safetensors file.</summary>
/// <param name="Name">Its name, as in a state dict.</param>
/// <param name="Type">Element type.</param>
/// <param name="Shape">Extents, outermost first; empty for a scalar.</param>
/// <param name="Offset">Where its bytes begin, from the beginning of the data.</param>
/// <param name="Bytes">How many there are.</param>
public sealed record SafetensorsEntry(string Name, SafetensorsType Type, IReadOnlyList<long> Shape, long Offset, long Bytes);

/// <summary>A tensor to be written: its elements lie at an address, in C order.</summary>
/// <param name="Name">Its name, as in a state dict.</param>
/// <param name="Type">Element type.</param>
/// <param name="Shape">Extents, outermost first; empty for a scalar.</param>
/// <param name="Data">Address of the first element; it must stay valid until the file is written.</param>
public sealed record SafetensorsTensor(string Name, SafetensorsType Type, IReadOnlyList<long> Shape, nint Data)
{
    /// <summary>Bytes of all elements.</summary>
    public long Bytes => Shape.Aggregate((long)Type.Width(), (product, extent) => checked(product * extent));
}

/// <summary>What is known of an element type.</summary>
internal static class SafetensorsTypes
{
    public static int Width(this SafetensorsType type) => type == SafetensorsType.F32 ? 4 : 8;
}
