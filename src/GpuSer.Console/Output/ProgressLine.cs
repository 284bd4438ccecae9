namespace GpuSer.Console.Output;

/// <summary>One line on a terminal that is written over; silent where nobody watches.</summary>
internal sealed class ProgressLine(TextWriter writer, bool enabled) : IDisposable
{
    private int _shown;

    /// <summary>How many characters of a line are shown.</summary>
    public static int Width => Columns() - 1;

    /// <summary>Replaces the line.</summary>
    public void Show(string text)
    {
        if (!enabled)
        {
            return;
        }

        int width = Width;
        string cut = text.Length <= width ? text : text[..width];
        writer.Write("\r" + cut.PadRight(Math.Min(_shown, width)));
        writer.Flush();
        _shown = cut.Length;
    }

    /// <summary>Removes the line, so that ordinary output can follow.</summary>
    public void Clear()
    {
        if (enabled && _shown > 0)
        {
            writer.Write("\r" + new string(' ', _shown) + "\r");
            writer.Flush();
            _shown = 0;
        }
    }

    public void Dispose() => Clear();

    private static int Columns()
    {
        try
        {
            return System.Console.WindowWidth is > 20 and int width ? width : 80;
        }
        catch (IOException)
        {
            return 80;
        }
    }
}
