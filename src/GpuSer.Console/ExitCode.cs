namespace GpuSer.Console;

/// <summary>What a command's exit status means; README.md has the same table.</summary>
public static class ExitCode
{
    /// <summary>Done.</summary>
    public const int Success = 0;

    /// <summary>It ran and did not succeed: the demo missed its goal, or an error nobody foresaw.</summary>
    public const int Failure = 1;

    /// <summary>The arguments or the input files are at fault; one line on standard error says which and what to do.</summary>
    public const int BadInput = 2;

    /// <summary>Interrupted by Ctrl-C or a termination signal.</summary>
    public const int Interrupted = 130;
}
