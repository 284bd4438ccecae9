using Spectre.Console;

namespace GpuSer.Console.Output;

/// <summary>Writes a table as text alone, whatever the terminal can do, so that it can be kept and compared.</summary>
internal static class PlainTable
{
    public static void Write(TextWriter writer, Table table, int width = 120)
    {
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(writer),
            Ansi = AnsiSupport.No,
            ColorSystem = ColorSystemSupport.NoColors,
        });
        console.Profile.Width = width;
        console.Write(table);
    }
}
