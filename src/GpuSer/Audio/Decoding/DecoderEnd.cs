using System.Diagnostics;

namespace GpuSer.Audio.Decoding;

/// <summary>How a decoding process came to its end, in words.</summary>
internal static class DecoderEnd
{
    // .NET gives a process that a signal has ended 128 and the signal's number, as shells do.
    private const int Signalled = 128, ProcessorTime = 24;

    private static readonly TimeSpan Reaping = TimeSpan.FromSeconds(10);

    /// <summary>What a process that has closed its output did, to be read after a file's name.</summary>
    public static string Of(Process process)
    {
        if (!process.WaitForExit(Reaping))
        {
            return "makes the decoder stop answering";
        }

        return (process.ExitCode - Signalled) switch
        {
            ProcessorTime => "keeps the decoder busy for more than 10 s without a sample",
            > 0 and int signal => $"crashes the decoder ({Name(signal)})",
            _ => $"ends the decoder (exit code {process.ExitCode})",
        };
    }

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
