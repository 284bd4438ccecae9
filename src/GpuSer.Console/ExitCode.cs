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

    /// <summary>A training ended and could not be saved: the disk is full, or fails. What was saved before is there.</summary>
    public const int NotSaved = 3;

    /// <summary>
    /// The loss of a training, or of any of several, is not a number any more. The weights saved before are good, and the others came to their end.
    /// </summary>
    public const int Diverged = 4;

    /// <summary>Interrupted by Ctrl-C.</summary>
    public const int Interrupted = 130;

    /// <summary>Ended by a termination signal.</summary>
    public const int Terminated = 143;
}
