namespace GpuSer.Cuda.Ptx;

/// <summary>A declared variable: <c>.shared .align 4 .b8 name[1024]</c>, or a parameter.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">Element type, without the dot.</param>
/// <param name="Elements">Number of elements, null where the brackets are empty.</param>
/// <param name="Vector">Elements of a vector type (<c>.v4</c>), else 1.</param>
/// <param name="Alignment">Alignment in bytes: as declared, else the type's own.</param>
internal sealed record PtxVariable(string Name, string Type, int? Elements, int Vector, int Alignment)
{
    /// <summary>Size in bytes; 0 where the brackets are empty.</summary>
    public int Bytes => (Elements ?? 0) * Vector * PtxTypes.SizeOf(Type);

    /// <summary>
    /// Reads one declaration after its state space, up to but not including what follows the name and brackets.
    /// </summary>
    /// <exception cref="PtxFormatException">The declaration is malformed.</exception>
    public static PtxVariable Read(IReadOnlyList<PtxToken> tokens, ref int at)
    {
        int? alignment = null;
        int vector = 1;
        string type = "";
        for (; tokens[at].Kind == PtxTokenKind.Word && tokens[at].Value[0] == '.'; at++)
        {
            string word = tokens[at].Value[1..];
            if (word == "align")
                alignment = Number(tokens, ++at);
            else if (word is "v2" or "v4")
                vector = word[1] - '0';
            else if (PtxTypes.SizeOf(word) > 0 || word is "pred" or "texref" or "samplerref" or "surfref")
                type = word;
            else if (word is not ("ptr" or "global" or "const" or "shared" or "local"))
                throw new PtxFormatException(tokens[at].Line, $"unexpected '.{word}' in a declaration");
        }

        PtxToken name = tokens[at];
        if (type.Length == 0 || name.Kind != PtxTokenKind.Word)
            throw new PtxFormatException(name.Line, $"a declaration needs a type and a name, found '{name.Value}'");
        at++;
        int? elements = 1;
        while (tokens[at].Is('['))
        {
            at++;
            if (tokens[at].Is(']'))
                elements = null;
            else
                elements *= Number(tokens, at++);
            if (!tokens[at].Is(']'))
                throw new PtxFormatException(tokens[at].Line, $"']' expected after the size of '{name.Value}'");
            at++;
        }

        int own = Math.Max(1, PtxTypes.SizeOf(type) * vector);
        return new(name.Value, type, elements, vector, alignment ?? own);
    }

    private static int Number(IReadOnlyList<PtxToken> tokens, int at)
    {
        PtxToken token = tokens[at];
        if (token.Kind == PtxTokenKind.Number && PtxNumber.TryInteger(token.Value, out ulong value) && value <= int.MaxValue)
            return (int)value;
        throw new PtxFormatException(token.Line, $"a whole number expected, found '{token.Value}'");
    }
}
