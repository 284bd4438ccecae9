using System.CommandLine;

namespace GpuSer.Console.Commands;

/// <summary><c>gpuser data</c>: what concerns recordings alone.</summary>
internal static class DataCommand
{
    public static Command Create(Terminal terminal) => new("data", "Look through recordings, or fetch a public data set.")
    {
        DataCheckCommand.Create(terminal),
        DataGetCommand.Create(terminal),
    };
}
