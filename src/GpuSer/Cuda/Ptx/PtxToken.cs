namespace GpuSer.Cuda.Ptx;

/// <summary>Kinds of token in PTX text.</summary>
internal enum PtxTokenKind
{
    /// <summary>The end of the text.</summary>
    End,

    /// <summary>An opcode with its suffixes, an identifier, a register, a label or a directive: <c>ld.global.f32</c>, <c>%r1</c>, <c>.reg</c>.</summary>
    Word,

    /// <summary>An integer or floating constant, as it is spelt: <c>12</c>, <c>0x1F</c>, <c>0f3F800000</c>.</summary>
    Number,

    /// <summary>A quoted string, without its quotes.</summary>
    Text,

    /// <summary>One character of punctuation.</summary>
    Punctuation,
}

/// <summary>One token of PTX text.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Value">Its spelling.</param>
/// <param name="Line">Line it stands on, counted from 1.</param>
internal readonly record struct PtxToken(PtxTokenKind Kind, string Value, int Line)
{
    /// <summary>Whether this is the punctuation <paramref name="character"/>.</summary>
    public bool Is(char character) => Kind == PtxTokenKind.Punctuation && Value[0] == character;

    /// <summary>Whether this is the word <paramref name="word"/>.</summary>
    public bool Is(string word) => Kind == PtxTokenKind.Word && Value == word;
}
