using System.Diagnostics;

namespace GpuSer.Audio.Decoding;

/// <summary>How a decoding process came to its end, in words.</summary>
internal static class DecoderEnd
{
    /// <summary>First words of what is told of a decoder that did not come to an end with a file.</summary>
    public const string Busy = "keeps the decoder busy", Silent = "makes the decoder stop answering", Held = "holds the decoder up";

    // .NET gives a process that a signal has ended 128 and the signal's number, as shells do.
    private const int Signalled = 128, ProcessorTime = 24;

    private static readonly TimeSpan Reaping = TimeSpan.FromSeconds(10);

    /// <summary>What a process that has closed its output did, to be read after a file's name.</summary>
    public static string Of(Process process)
    {
        if (!process.WaitForExit(Reaping))
        {
            return Silent;
        }

        return (process.ExitCode - Signalled) switch
        {
            ProcessorTime => $"{Busy} for more than 10 s without a sample",
            > 0 and int signal => $"crashes the decoder ({Name(signal)})",
            _ => $"ends the decoder (exit code {process.ExitCode})",
        };
    }

    /// <summary>Whether a problem of a file is that the decoder did not come to an end with it.</summary>
    public static bool IsOverdue(string problem) => ((string[])[Busy, Silent, Held]).Any(words => problem.StartsWith(words, StringComparison.Ordinal));

    private static string Name(int signal) => signal switch
    {
        4 => "SIGILL",
        6 => "SIGABRT",
        7 => "SIGBUS",
        8 => "SIGFPE",
        9 => "SIGKILL",
        11 => "SIGSEGV",
        _ => $"signal {signal}",
    };
}
