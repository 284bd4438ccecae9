namespace GpuSer.Console.Output;

/// <summary>A curve in a row of characters, its least value at the bottom and its greatest at the top.</summary>
internal static class Sparkline
{
    private const string Blocks = "\u2581\u2582\u2583\u2584\u2585\u2586\u2587\u2588", Ascii = "_.:-=+*#";

    /// <summary>The last values, one a character.</summary>
    public static string OfLast(IReadOnlyList<double> values, int width, bool unicode) => Draw([.. values.TakeLast(width)], unicode);

    /// <summary>All values; where they are more than characters, means of neighbours.</summary>
    public static string OfAll(IReadOnlyList<double> values, int width, bool unicode)
    {
        int columns = Math.Min(width, values.Count);
        return Draw([.. Enumerable.Range(0, columns).Select(i => values.Take(Edge(i + 1)).Skip(Edge(i)).Average())], unicode);

        int Edge(int column) => (int)((long)column * values.Count / columns);
    }

    private static string Draw(double[] values, bool unicode)
    {
        string levels = unicode ? Blocks : Ascii;
        double least = values.DefaultIfEmpty().Min(), range = values.DefaultIfEmpty().Max() - least;
        return string.Concat(values.Select(value => levels[range > 0 ? (int)Math.Round((value - least) / range * (levels.Length - 1)) : 0]));
    }
}
