namespace GpuSer.Console.Tests;

/// <summary>A command run in this process, with what it wrote.</summary>
internal sealed record ConsoleRun(int ExitCode, string Out, string Error)
{
    public static ConsoleRun Of(params string[] args)
    {
        using StringWriter output = new(), error = new();
        int exitCode = CommandLine.Run(args, new Terminal(output, error, interactive: false));
        return new ConsoleRun(exitCode, output.ToString(), error.ToString());
    }

    /// <summary>Asserts that bad input got one clear line that names it, and no stack trace.</summary>
    public void AssertRefused(string named)
    {
        Assert.Equal(GpuSer.Console.ExitCode.BadInput, ExitCode);
        Assert.Contains(named, Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", Error, StringComparison.Ordinal);
    }
}
