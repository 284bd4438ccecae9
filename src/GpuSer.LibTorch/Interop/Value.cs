using static TorchSharp.torch;

namespace TorchSharp.Interop;

/// <summary>What a <see cref="Value"/> holds; the same numbers as in shim.h.</summary>
internal enum Tag
{
    None,
    Tensor,
    Int,
    Double,
    Bool,
    Device,
    String,
    Generator,
    IntList,
    DoubleList,
    BoolList,
    TensorList,
    OptionalTensorList,
    Complex,
}

/// <summary>
/// One argument of an operator. The conversions below are what lets a typed method hand its parameters to
/// <see cref="Aten"/> as they are; none of them allocates but those from spans.
/// </summary>
internal readonly struct Value
{
    internal readonly object? Reference;
    internal readonly long Bits;
    internal readonly Tag Tag;
    internal readonly int Count;

    private Value(Tag tag, long bits, object? reference = null, int count = 0)
    {
        Tag = tag;
        Bits = bits;
        Reference = reference;
        Count = count;
    }

    /// <summary>An optional argument left out.</summary>
    internal static Value None => default;

    internal static Value TensorList(Tensor[] tensors) => new(Tag.TensorList, 0, tensors, tensors.Length);

    /// <summary>Tensors some of which may be missing, as indices are.</summary>
    internal static Value OptionalTensors(Tensor?[] tensors) => new(Tag.OptionalTensorList, 0, tensors, tensors.Length);

    public static implicit operator Value(Tensor? value) => value is null ? default : new(Tag.Tensor, value.Handle, value);

    public static implicit operator Value(long value) => new(Tag.Int, value);

    public static implicit operator Value(long? value) => value.HasValue ? value.Value : None;

    public static implicit operator Value(double value) => new(Tag.Double, BitConverter.DoubleToInt64Bits(value));

    public static implicit operator Value(double? value) => value.HasValue ? value.Value : None;

    public static implicit operator Value(bool value) => new(Tag.Bool, value ? 1 : 0);

    public static implicit operator Value(bool? value) => value.HasValue ? value.Value : None;

    public static implicit operator Value(ScalarType value) => new(Tag.Int, (long)value);

    public static implicit operator Value(ScalarType? value) => value.HasValue ? value.Value : None;

    public static implicit operator Value(string value) => new(Tag.String, 0, value);

    public static implicit operator Value(long[]? value) => value is null ? default : new(Tag.IntList, 0, value, value.Length);

    public static implicit operator Value(ReadOnlySpan<long> value) => value.ToArray();

    public static implicit operator Value(Generator? value) => value is null ? default : new(Tag.Generator, value.Handle, value);

    public static implicit operator Value(Device? value) => value is null ? default : new(Tag.Device, (long)value.type, value, value.index);

    public static implicit operator Value(Scalar? value) => value switch
    {
        null => default,
        { Kind: Scalar.Content.Integer } => new(Tag.Int, value.Bits),
        { Kind: Scalar.Content.Boolean } => new(Tag.Bool, value.Bits),
        { Kind: Scalar.Content.Real } => new(Tag.Double, value.Bits),
        _ => new(Tag.Complex, 0, new double[] { value.Complex.Real, value.Complex.Imaginary }, 2),
    };
}
