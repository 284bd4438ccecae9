using GpuSer.Cuda.Ptx;

namespace GpuSer.PtxEmulator.Parsing;

/// <summary>A place in a list of tokens, with the expectations a parser states.</summary>
internal sealed class TokenReader(IReadOnlyList<PtxToken> tokens, int at = 0)
{
    private int _at = at;

    public IReadOnlyList<PtxToken> Tokens { get; } = tokens;

    public int At => _at;

    public PtxToken Current => Tokens[_at];

    public PtxToken Next => Tokens[Math.Min(_at + 1, Tokens.Count - 1)];

    public int Line => Current.Line;

    public PtxToken Take()
    {
        PtxToken token = Current;
        if (token.Kind != PtxTokenKind.End)
            _at++;
        return token;
    }

    public bool TryTake(char punctuation)
    {
        if (!Current.Is(punctuation))
            return false;
        _at++;
        return true;
    }

    public bool TryTake(string word)
    {
        if (!Current.Is(word))
            return false;
        _at++;
        return true;
    }

    public void Expect(char punctuation)
    {
        if (!TryTake(punctuation))
            throw Unexpected($"'{punctuation}'");
    }

    public string TakeWord(string what)
    {
        if (Current.Kind != PtxTokenKind.Word)
            throw Unexpected(what);
        return Take().Value;
    }

    /// <summary>Reads a declaration after its state space.</summary>
    public PtxVariable TakeVariable() => PtxVariable.Read(Tokens, ref _at);

    /// <summary>Reads an integer with an optional sign, as 64 bits.</summary>
    public ulong TakeInteger()
    {
        bool negative = TryTake('-');
        if (!negative)
            TryTake('+');
        if (Current.Kind != PtxTokenKind.Number || !PtxNumber.TryInteger(Current.Value, out ulong value))
            throw Unexpected("an integer");
        _at++;
        return negative ? 0 - value : value;
    }

    /// <summary>Moves behind the next <paramref name="punctuation"/>.</summary>
    public void SkipPast(char punctuation)
    {
        while (!Current.Is(punctuation))
        {
            if (Current.Kind == PtxTokenKind.End)
                throw Unexpected($"'{punctuation}'");
            _at++;
        }

        _at++;
    }

    /// <summary>Moves behind the brace that closes the one the reader stands on.</summary>
    public void SkipBraces()
    {
        int depth = 0;
        do
        {
            PtxToken token = Take();
            if (token.Kind == PtxTokenKind.End)
                throw Unexpected("'}'");
            depth += token.Is('{') ? 1 : token.Is('}') ? -1 : 0;
        }
        while (depth > 0);
    }

    public PtxFormatException Unexpected(string expected)
    {
        string found = Current.Kind == PtxTokenKind.End ? "the end of the text" : $"'{Current.Value}'";
        return new(Line, $"{expected} expected, found {found}");
    }
}
