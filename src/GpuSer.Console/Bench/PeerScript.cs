using System.ComponentModel;
using System.Diagnostics;

namespace GpuSer.Console.Bench;

/// <summary>What the scripts of <c>bench/peers</c> have in common: where they lie, how one is started, what it said last.</summary>
internal static class PeerScript
{
    /// <summary>What a script exits with where its library cannot be imported.</summary>
    public const int NotImportable = 3;

    /// <summary>Path of a script beside the program.</summary>
    public static string PathOf(string name) => Path.Combine(AppContext.BaseDirectory, "peers", name);

    /// <summary>Starts an interpreter.</summary>
    /// <param name="start">What to start.</param>
    /// <param name="peer">The peer as <c>--peer</c> spells it.</param>
    /// <param name="library">What its Python must have.</param>
    /// <exception cref="GpuSerException">There is no such interpreter.</exception>
    public static Process Start(ProcessStartInfo start, string peer, string library)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception error)
        {
            throw new GpuSerException(
                $"--peer {peer}: {start.FileName} cannot be started ({error.Message}); name a Python that has {library} with --python PATH", error);
        }
    }

    /// <summary>The last line of what a script wrote to standard error: of a traceback, what went wrong.</summary>
    public static string LastLine(string written)
    {
        string text = written.Trim();
        return text.Length == 0 ? "no reason given" : text[(text.LastIndexOf('\n') + 1)..];
    }
}
