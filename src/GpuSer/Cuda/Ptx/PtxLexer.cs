namespace GpuSer.Cuda.Ptx;

/// <summary>
/// Cuts PTX text into tokens (PTX ISA, "Syntax"). Comments, and the line-bound debug directives <c>.loc</c> and
/// <c>.file</c>, are left out.
/// </summary>
internal static class PtxLexer
{
    /// <summary>All tokens of a text, the last of kind <see cref="PtxTokenKind.End"/>.</summary>
    /// <exception cref="PtxFormatException">A character, comment or string is malformed.</exception>
    public static List<PtxToken> Read(ReadOnlySpan<byte> ptx)
    {
        int zero = ptx.IndexOf((byte)0);
        return Read(System.Text.Encoding.UTF8.GetString(zero < 0 ? ptx : ptx[..zero]));
    }

    /// <inheritdoc cref="Read(ReadOnlySpan{byte})"/>
    public static List<PtxToken> Read(string ptx)
    {
        var tokens = new List<PtxToken>(ptx.Length / 4);
        int line = 1;
        int at = 0;
        while (SkipBlank(ptx, ref at, ref line))
        {
            char first = ptx[at];
            int start = at;
            if (first == '"')
            {
                at = ptx.IndexOf('"', at + 1) + 1;
                if (at == 0)
                    throw new PtxFormatException(line, "a string has no end");
                tokens.Add(new(PtxTokenKind.Text, ptx[(start + 1)..(at - 1)], line));
            }
            else if (char.IsAsciiDigit(first) || (first == '.' && IsDigitAt(ptx, at + 1)))
            {
                at = EndOfNumber(ptx, at);
                tokens.Add(new(PtxTokenKind.Number, ptx[start..at], line));
            }
            else if (IsWordStart(first) && (at + 1 < ptx.Length || first != '.'))
            {
                at = EndOfWord(ptx, at);
                string word = ptx[start..at];
                if (word is ".loc" or ".file")
                    at = EndOfLine(ptx, at);
                else
                    tokens.Add(new(PtxTokenKind.Word, word, line));
            }
            else if (",;:()[]{}<>+-=@!|~*/&^?%".Contains(first))
            {
                at++;
                tokens.Add(new(PtxTokenKind.Punctuation, ptx[start..at], line));
            }
            else
                throw new PtxFormatException(line, $"unexpected character '{first}'");
        }

        tokens.Add(new(PtxTokenKind.End, "", line));
        return tokens;
    }

    private static bool SkipBlank(string ptx, ref int at, ref int line)
    {
        while (at < ptx.Length)
        {
            char c = ptx[at];
            if (c == '\n')
                line++;
            if (char.IsWhiteSpace(c))
                at++;
            else if (c == '/' && at + 1 < ptx.Length && ptx[at + 1] == '/')
                at = EndOfLine(ptx, at);
            else if (c == '/' && at + 1 < ptx.Length && ptx[at + 1] == '*')
            {
                int end = ptx.IndexOf("*/", at + 2, StringComparison.Ordinal);
                if (end < 0)
                    throw new PtxFormatException(line, "a comment has no end");
                line += ptx.AsSpan(at, end - at).Count('\n');
                at = end + 2;
            }
            else
                return true;
        }

        return false;
    }

    private static int EndOfLine(string ptx, int at)
    {
        int end = ptx.IndexOf('\n', at);
        return end < 0 ? ptx.Length : end;
    }

    private static bool IsDigitAt(string ptx, int at) => at < ptx.Length && char.IsAsciiDigit(ptx[at]);

    private static bool IsWordStart(char c) => char.IsAsciiLetter(c) || c is '_' or '$' or '%' or '.';

    private static int EndOfWord(string ptx, int at)
    {
        for (at++; at < ptx.Length; at++)
        {
            char c = ptx[at];
            if (c == ':' && at + 2 < ptx.Length && ptx[at + 1] == ':' && char.IsAsciiLetter(ptx[at + 2]))
                at++; // .shared::cta
            else if (!char.IsAsciiLetterOrDigit(c) && c is not ('_' or '$' or '%' or '.'))
                break;
        }

        return at;
    }

    private static int EndOfNumber(string ptx, int at)
    {
        // Hexadecimal letters, the prefixes 0x, 0b, 0f, 0d, the suffix U, and decimal points and exponents.
        int start = at;
        for (at++; at < ptx.Length; at++)
        {
            char c = ptx[at];
            bool exponentSign = c is '+' or '-' && ptx[at - 1] is 'e' or 'E' && IsDecimalFloat(ptx.AsSpan(start, at - start));
            if (!char.IsAsciiLetterOrDigit(c) && c != '.' && !exponentSign)
                break;
        }

        return at;
    }

    private static bool IsDecimalFloat(ReadOnlySpan<char> soFar) => soFar.Contains('.');
}
