using System.Globalization;

namespace GpuSer.Cuda.Ptx;

/// <summary>Values of PTX's constants (PTX ISA, "Constants").</summary>
internal static class PtxNumber
{
    /// <summary>Reads an integer constant: decimal, <c>0x</c>, <c>0b</c> or octal, with or without <c>U</c>.</summary>
    public static bool TryInteger(string text, out ulong value)
    {
        ReadOnlySpan<char> digits = text.AsSpan().TrimEnd('U');
        if (digits.StartsWith("0x", StringComparison.OrdinalIgnoreCase))
            return ulong.TryParse(digits[2..], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value);
        if (digits.StartsWith("0b", StringComparison.OrdinalIgnoreCase))
            return ulong.TryParse(digits[2..], NumberStyles.AllowBinarySpecifier, CultureInfo.InvariantCulture, out value);
        if (digits.Length > 1 && digits[0] == '0')
            return TryOctal(digits[1..], out value);
        return ulong.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out value);
    }

    /// <summary>
    /// Reads a floating constant: <c>0f</c> and eight, <c>0d</c> and sixteen hexadecimal digits, or decimal with a point.
    /// Single-precision bits are widened, which is exact.
    /// </summary>
    public static bool TryFloat(string text, out double value)
    {
        value = 0;
        if (text.StartsWith("0f", StringComparison.OrdinalIgnoreCase) && text.Length == 10 && TryBits(text, out ulong single))
            value = BitConverter.UInt32BitsToSingle((uint)single);
        else if (text.StartsWith("0d", StringComparison.OrdinalIgnoreCase) && text.Length == 18 && TryBits(text, out ulong bits))
            value = BitConverter.UInt64BitsToDouble(bits);
        else
            return text.Contains('.') && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out value);
        return true;
    }

    private static bool TryBits(string text, out ulong bits) =>
        ulong.TryParse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out bits);

    private static bool TryOctal(ReadOnlySpan<char> digits, out ulong value)
    {
        value = 0;
        foreach (char digit in digits)
        {
            if (digit is < '0' or > '7')
                return false;
            value = value * 8 + (ulong)(digit - '0');
        }

        return true;
    }
}
