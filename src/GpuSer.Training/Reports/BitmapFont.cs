namespace GpuSer.Training.Reports;

/// <summary>Letters of 5 x 7 pixels for the labels of pictures: digits, blank, brackets and the capitals that feature blocks are called by.</summary>
internal static class BitmapFont
{
    /// <summary>Pixels of a letter.</summary>
    public const int Width = 5, Height = 7;

    // A letter is seven rows from the top; of each, bit 4 is the leftmost pixel.
    private static readonly Dictionary<char, byte[]> Letters = new()
    {
        [' '] = [0, 0, 0, 0, 0, 0, 0],
        ['0'] = [14, 17, 19, 21, 25, 17, 14],
        ['1'] = [4, 12, 4, 4, 4, 4, 14],
        ['2'] = [14, 17, 1, 2, 4, 8, 31],
        ['3'] = [31, 2, 4, 2, 1, 17, 14],
        ['4'] = [2, 6, 10, 18, 31, 2, 2],
        ['5'] = [31, 16, 30, 1, 1, 17, 14],
        ['6'] = [6, 8, 16, 30, 17, 17, 14],
        ['7'] = [31, 1, 2, 4, 8, 8, 8],
        ['8'] = [14, 17, 17, 14, 17, 17, 14],
        ['9'] = [14, 17, 17, 15, 1, 2, 12],
        ['('] = [2, 4, 8, 8, 8, 4, 2],
        [')'] = [8, 4, 2, 2, 2, 4, 8],
        ['A'] = [14, 17, 17, 31, 17, 17, 17],
        ['C'] = [14, 17, 16, 16, 16, 17, 14],
        ['E'] = [31, 16, 16, 30, 16, 16, 31],
        ['F'] = [31, 16, 16, 30, 16, 16, 16],
        ['H'] = [17, 17, 17, 31, 17, 17, 17],
        ['L'] = [16, 16, 16, 16, 16, 16, 31],
        ['M'] = [17, 27, 21, 21, 17, 17, 17],
        ['N'] = [17, 17, 25, 21, 19, 17, 17],
        ['O'] = [14, 17, 17, 17, 17, 17, 14],
        ['P'] = [30, 17, 17, 30, 16, 16, 16],
        ['R'] = [30, 17, 17, 30, 20, 18, 17],
        ['S'] = [15, 16, 16, 14, 1, 1, 30],
        ['T'] = [31, 4, 4, 4, 4, 4, 4],
        ['Z'] = [31, 1, 2, 4, 8, 16, 31],
    };

    /// <summary>Pixels that a text is wide.</summary>
    public static int WidthOf(string text) => text.Length * (Width + 1);

    /// <summary>Sets the pixels of a text, in capitals.</summary>
    /// <param name="text">The text.</param>
    /// <param name="pixels">The picture. [shape = (height, width)]</param>
    /// <param name="width">Its width.</param>
    /// <param name="left">Where the text begins.</param>
    /// <param name="top">Its upper edge.</param>
    /// <param name="colour">What to set.</param>
    /// <exception cref="ArgumentException">A letter is not in the font.</exception>
    public static void Draw(string text, Span<byte> pixels, int width, int left, int top, byte colour)
    {
        foreach (char letter in text.ToUpperInvariant())
        {
            if (!Letters.TryGetValue(letter, out byte[]? rows))
            {
                throw new ArgumentException($"the font has no '{letter}'", nameof(text));
            }

            for (int y = 0; y < Height; y++)
            {
                for (int x = 0; x < Width; x++)
                {
                    if ((rows[y] >> (Width - 1 - x) & 1) != 0)
                    {
                        pixels[((top + y) * width) + left + x] = colour;
                    }
                }
            }

            left += Width + 1;
        }
    }
}
