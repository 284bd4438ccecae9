using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace GpuSer.PtxEmulator.Instructions;

// Shifts clamp their count at the operand's width (PTX ISA, "shl", "shr").

internal readonly struct ShiftLeft<T> : IVectorShift<T>, IScalarBinary<T, uint, T>
    where T : unmanaged, IBinaryInteger<T>
{
    private static int Bits => 8 * Unsafe.SizeOf<T>();

    public static Vector256<T> Invoke(Vector256<T> a, int count) => count >= Bits ? Vector256<T>.Zero : a << count;

    public static T Invoke(T a, uint count) => count >= Bits ? T.Zero : a << (int)count;
}

/// <summary>Arithmetic where T is signed, else logical.</summary>
internal readonly struct ShiftRight<T> : IVectorShift<T>, IScalarBinary<T, uint, T>
    where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
{
    private static int Bits => 8 * Unsafe.SizeOf<T>();

    private static bool IsSigned => T.IsNegative(T.MinValue);

    public static Vector256<T> Invoke(Vector256<T> a, int count) =>
        count < Bits ? a >> count : IsSigned ? a >> (Bits - 1) : Vector256<T>.Zero;

    public static T Invoke(T a, uint count) => count < Bits ? a >> (int)count : IsSigned ? a >> (Bits - 1) : T.Zero;
}

internal readonly struct PopulationCount<T> : IScalarUnary<T, uint>
    where T : unmanaged, IBinaryInteger<T>
{
    public static uint Invoke(T a) => uint.CreateTruncating(T.PopCount(a));
}

internal readonly struct LeadingZeros<T> : IScalarUnary<T, uint>
    where T : unmanaged, IBinaryInteger<T>
{
    public static uint Invoke(T a) => uint.CreateTruncating(T.LeadingZeroCount(a));
}

/// <summary><c>bfind</c>: the highest bit that is set, or for negative values clear; all ones where there is none.</summary>
internal readonly struct FindHighest<T> : IScalarUnary<T, uint>
    where T : unmanaged, IBinaryInteger<T>
{
    public static uint Invoke(T a)
    {
        T value = T.IsNegative(a) ? ~a : a;
        return T.IsZero(value) ? uint.MaxValue : (uint)((8 * Unsafe.SizeOf<T>()) - 1) - uint.CreateTruncating(T.LeadingZeroCount(value));
    }
}

/// <summary><c>bfind.shiftamt</c>: the shift that moves that bit to the top.</summary>
internal readonly struct FindShift<T> : IScalarUnary<T, uint>
    where T : unmanaged, IBinaryInteger<T>
{
    public static uint Invoke(T a)
    {
        uint highest = FindHighest<T>.Invoke(a);
        return highest == uint.MaxValue ? highest : (uint)((8 * Unsafe.SizeOf<T>()) - 1) - highest;
    }
}

internal readonly struct ReverseBits<T> : IScalarUnary<T, T>
    where T : unmanaged, IBinaryInteger<T>
{
    public static T Invoke(T a)
    {
        T result = T.Zero;
        for (int bit = 0; bit < 8 * Unsafe.SizeOf<T>(); bit++)
            result = (result << 1) | ((a >> bit) & T.One);
        return result;
    }
}

/// <summary><c>bfe</c>: a bit field moved to the bottom, extended by its sign where T has one (PTX ISA's reference code).</summary>
internal readonly struct ExtractBits<T> : IScalarTernary<T, uint, uint, T>
    where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
{
    public static T Invoke(T a, uint start, uint length)
    {
        int last = (8 * Unsafe.SizeOf<T>()) - 1;
        int position = (int)(start & 0xFF);
        int count = (int)(length & 0xFF);
        bool isSigned = T.IsNegative(T.MinValue);
        bool sign = isSigned && count != 0 && !T.IsZero((a >> Math.Min(position + count - 1, last)) & T.One);
        T result = sign ? T.AllBitsSet : T.Zero;
        for (int i = Math.Min(count, last + 1) - 1; i >= 0; i--)
        {
            bool bit = position + i <= last ? !T.IsZero((a >> (position + i)) & T.One) : sign;
            T at = T.One << i;
            result = bit ? result | at : result & ~at;
        }

        return result;
    }
}

/// <summary><c>prmt</c>: bytes of two words picked by selectors.</summary>
internal readonly struct Permute : IScalarTernary<uint, uint, uint, uint>
{
    public static uint Invoke(uint a, uint b, uint c)
    {
        uint result = 0;
        for (int i = 0; i < 4; i++)
            result |= Pick(a, b, c >> (4 * i)) << (8 * i);
        return result;
    }

    /// <summary>The byte a selector names; its high bit asks for the byte's sign in all eight bits.</summary>
    public static uint Pick(uint a, uint b, uint selector)
    {
        ulong bytes = ((ulong)b << 32) | a;
        uint value = (uint)(bytes >> (int)(8 * (selector & 7))) & 0xFF;
        return (selector & 8) == 0 ? value : (value & 0x80) != 0 ? 0xFFu : 0;
    }
}

internal readonly struct FunnelLeftWrap : IScalarTernary<uint, uint, uint, uint>
{
    public static uint Invoke(uint low, uint high, uint count) => (uint)(((((ulong)high << 32) | low) << (int)(count & 31)) >> 32);
}

internal readonly struct FunnelLeftClamp : IScalarTernary<uint, uint, uint, uint>
{
    public static uint Invoke(uint low, uint high, uint count) => count >= 32 ? low : FunnelLeftWrap.Invoke(low, high, count);
}

internal readonly struct FunnelRightWrap : IScalarTernary<uint, uint, uint, uint>
{
    public static uint Invoke(uint low, uint high, uint count) => (uint)((((ulong)high << 32) | low) >> (int)(count & 31));
}

internal readonly struct FunnelRightClamp : IScalarTernary<uint, uint, uint, uint>
{
    public static uint Invoke(uint low, uint high, uint count) => count >= 32 ? high : FunnelRightWrap.Invoke(low, high, count);
}
