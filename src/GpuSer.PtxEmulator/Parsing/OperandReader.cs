using GpuSer.Cuda.Ptx;

namespace GpuSer.PtxEmulator.Parsing;

/// <summary>Reads operands and resolves their names.</summary>
internal sealed class OperandReader(TokenReader reader, Func<string, Operand?> find)
{
    public List<Operand> ReadAll()
    {
        var operands = new List<Operand>();
        while (!reader.Current.Is(';'))
        {
            operands.Add(Read());
            if (!reader.Current.Is(';'))
                reader.Expect(',');
        }

        reader.Expect(';');
        return operands;
    }

    public Operand Read()
    {
        if (reader.TryTake('['))
            return ReadAddress();
        if (reader.TryTake('{'))
            return ReadVector();
        if (reader.TryTake('!'))
            return Read() is RegisterOperand register ? register with { Negated = true } : throw reader.Unexpected("a predicate after '!'");
        if (reader.Current.Kind == PtxTokenKind.Number || reader.Current.Is('-') || reader.Current.Is('+'))
            return ReadNumber();

        Operand operand = ReadName();
        if (reader.TryTake('|'))
            return new PairOperand(operand, ReadName());
        if (operand is VariableOperand variable && (reader.Current.Is('+') || reader.Current.Is('-')))
            return variable with { Offset = variable.Offset + ReadOffset() };
        return operand;
    }

    private Operand ReadName()
    {
        string name = reader.TakeWord("an operand");
        if (name == "_")
            return new SinkOperand();
        if (find(name) is { } known)
            return known;
        if (SpecialRegisters.IsKnown(name))
            return new SpecialOperand(name);
        throw new PtxFormatException(reader.Line, $"'{name}' is not declared");
    }

    private Operand ReadNumber()
    {
        bool negative = reader.TryTake('-');
        if (!negative)
            reader.TryTake('+');
        PtxToken token = reader.Take();
        if (PtxNumber.TryInteger(token.Value, out ulong value))
            return new IntegerOperand(negative ? 0 - value : value);
        if (PtxNumber.TryFloat(token.Value, out double real))
            return new FloatOperand(negative ? -real : real);
        throw new PtxFormatException(token.Line, $"a constant expected, found '{token.Value}'");
    }

    private AddressOperand ReadAddress()
    {
        Operand? start = null;
        long offset = 0;
        if (reader.Current.Kind == PtxTokenKind.Word)
            start = ReadName();
        else
            offset = (long)reader.TakeInteger();
        while (reader.Current.Is('+') || reader.Current.Is('-'))
            offset += ReadOffset();
        reader.Expect(']');
        return new(start, offset);
    }

    private long ReadOffset()
    {
        bool minus = reader.TryTake('-');
        if (!minus)
            reader.TryTake('+');
        long value = (long)reader.TakeInteger(); // clang writes [%rd1+-4]
        return minus ? -value : value;
    }

    private VectorOperand ReadVector()
    {
        var elements = new List<Operand>();
        while (!reader.TryTake('}'))
        {
            elements.Add(Read());
            if (!reader.Current.Is('}'))
                reader.Expect(',');
        }

        return new(elements);
    }
}
