namespace GpuSer.Cuda;

/// <summary>One value for a kernel's parameter; made by conversion from the value.</summary>
internal readonly record struct KernelArgument
{
    private KernelArgument(ulong bits, int bytes, bool isFloat)
    {
        Bits = bits;
        Bytes = bytes;
        IsFloat = isFloat;
    }

    internal ulong Bits { get; }

    internal int Bytes { get; }

    internal bool IsFloat { get; }

    /// <summary>A device address or 64-bit integer.</summary>
    public static implicit operator KernelArgument(ulong value) => new(value, sizeof(ulong), isFloat: false);

    /// <summary>A 64-bit integer.</summary>
    public static implicit operator KernelArgument(long value) => new((ulong)value, sizeof(long), isFloat: false);

    /// <summary>A 32-bit integer.</summary>
    public static implicit operator KernelArgument(int value) => new((uint)value, sizeof(int), isFloat: false);

    /// <summary>A 32-bit integer.</summary>
    public static implicit operator KernelArgument(uint value) => new(value, sizeof(uint), isFloat: false);

    /// <summary>A single-precision number.</summary>
    public static implicit operator KernelArgument(float value) => new(BitConverter.SingleToUInt32Bits(value), sizeof(float), isFloat: true);

    /// <inheritdoc/>
    public override string ToString() => $"a {(IsFloat ? "floating-point number" : "whole number")} of {Bytes} bytes";
}
