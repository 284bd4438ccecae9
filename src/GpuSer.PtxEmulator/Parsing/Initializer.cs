using System.Buffers.Binary;
using GpuSer.Cuda.Ptx;

namespace GpuSer.PtxEmulator.Parsing;

/// <summary>Initial values of module variables: constants and addresses of other variables, in any nesting of braces.</summary>
internal static class Initializer
{
    /// <summary>Size of a variable whose brackets are empty: as many elements as it has initial values.</summary>
    public static int CountBytes(IReadOnlyList<PtxToken> tokens, GlobalText global)
    {
        int count = 0;
        if (global.Initializer is int start)
        {
            for (int at = start; !tokens[at].Is(';'); at++)
                count += tokens[at].Kind is PtxTokenKind.Number or PtxTokenKind.Word && !tokens[at].Is("generic") ? 1 : 0;
        }

        return count * PtxTypes.SizeOf(global.Variable.Type);
    }

    /// <summary>Writes the values in order; what has none stays zero.</summary>
    public static void Write(IReadOnlyList<PtxToken> tokens, GlobalText global, IReadOnlyDictionary<string, Variable> placed, Span<byte> memory)
    {
        var reader = new TokenReader(tokens, global.Initializer!.Value);
        int size = PtxTypes.SizeOf(global.Variable.Type);
        int offset = 0;
        Span<byte> bytes = stackalloc byte[8];
        while (!reader.Current.Is(';'))
        {
            if (reader.TryTake('{') || reader.TryTake('}') || reader.TryTake(','))
                continue;
            ulong value = Value(reader, global, placed);
            if (offset + size > memory.Length)
                throw new PtxFormatException(reader.Line, $"'{global.Variable.Name}' has more initial values than elements");
            BinaryPrimitives.WriteUInt64LittleEndian(bytes, value);
            bytes[..size].CopyTo(memory[offset..]);
            offset += size;
        }
    }

    private static ulong Value(TokenReader reader, GlobalText global, IReadOnlyDictionary<string, Variable> placed)
    {
        if (reader.TryTake("generic"))
        {
            reader.Expect('(');
            ulong inner = Address(reader, placed);
            reader.Expect(')');
            return inner;
        }

        if (reader.Current.Kind == PtxTokenKind.Word)
            return Address(reader, placed);
        bool negative = reader.TryTake('-');
        PtxToken token = reader.Take();
        string type = global.Variable.Type;
        if (PtxNumber.TryInteger(token.Value, out ulong integer))
        {
            if (type is "f32" or "f64")
                return Bits(type, negative ? -(double)integer : integer);
            return negative ? 0 - integer : integer;
        }

        if (PtxNumber.TryFloat(token.Value, out double real))
            return Bits(type, negative ? -real : real);
        throw new PtxFormatException(token.Line, $"an initial value expected, found '{token.Value}'");
    }

    private static ulong Address(TokenReader reader, IReadOnlyDictionary<string, Variable> placed)
    {
        string name = reader.TakeWord("a variable");
        if (!placed.TryGetValue(name, out Variable? variable))
            throw new PtxFormatException(reader.Line, $"'{name}' is not declared before its address is taken");
        ulong offset = reader.Current.Is('+') || reader.Current.Is('-') ? reader.TakeInteger() : 0;
        return (ulong)variable.Address + offset;
    }

    private static ulong Bits(string type, double value) =>
        type == "f64" ? BitConverter.DoubleToUInt64Bits(value) : BitConverter.SingleToUInt32Bits((float)value);
}
