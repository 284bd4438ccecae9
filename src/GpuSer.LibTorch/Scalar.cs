using System.Numerics;
using static TorchSharp.torch;

namespace TorchSharp;

/// <summary>A number as an operator takes it. It holds no native memory; <see cref="Dispose"/> is there for the package's sake.</summary>
public sealed class Scalar : IDisposable
{
    private Scalar(Content kind, ScalarType type, long bits, Complex complex = default)
    {
        Kind = kind;
        Type = type;
        Bits = bits;
        Complex = complex;
    }

    internal enum Content
    {
        Integer,
        Real,
        Boolean,
        Complex,
    }

    public ScalarType Type { get; }

    internal Content Kind { get; }

    internal long Bits { get; }

    internal Complex Complex { get; }

    internal double Real => Kind switch
    {
        Content.Real => BitConverter.Int64BitsToDouble(Bits),
        Content.Complex => Complex.Real,
        _ => Bits,
    };

    internal long Integer => Kind is Content.Real or Content.Complex ? checked((long)Real) : Bits;

    public static implicit operator Scalar(byte value) => OfInteger(ScalarType.Byte, value);

    public static implicit operator Scalar(sbyte value) => OfInteger(ScalarType.Int8, value);

    public static implicit operator Scalar(short value) => OfInteger(ScalarType.Int16, value);

    public static implicit operator Scalar(int value) => OfInteger(ScalarType.Int32, value);

    public static implicit operator Scalar(long value) => OfInteger(ScalarType.Int64, value);

    public static implicit operator Scalar(bool value) => new(Content.Boolean, ScalarType.Bool, value ? 1 : 0);

    public static implicit operator Scalar(Half value) => OfReal(ScalarType.Float16, (double)value);

    public static implicit operator Scalar(float value) => OfReal(ScalarType.Float32, value);

    public static implicit operator Scalar(double value) => OfReal(ScalarType.Float64, value);

    public static implicit operator Scalar((float, float) value) => new(Content.Complex, ScalarType.ComplexFloat32, 0, new Complex(value.Item1, value.Item2));

    public static implicit operator Scalar(Complex value) => new(Content.Complex, ScalarType.ComplexFloat64, 0, value);

    public void Dispose()
    {
    }

    private static Scalar OfInteger(ScalarType type, long value) => new(Content.Integer, type, value);

    private static Scalar OfReal(ScalarType type, double value) => new(Content.Real, type, BitConverter.DoubleToInt64Bits(value));
}
