using System.ComponentModel;
using System.Diagnostics;

namespace GpuSer.Console.Doctor;

/// <summary>espeak-ng, which speaks the demo's corpus and nothing else.</summary>
internal static class SpeechCheck
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>Whether it starts.</summary>
    /// <param name="version">What it says of itself; null where it does not start.</param>
    public static Finding Run(Func<string?> version) => version() is { } text
        ? Finding.Ok(text)
        : Finding.Warning("does not start", "only gpuser demo needs it; install it: sudo apt-get install -y espeak-ng");

    /// <summary>What the program says of its version, without where its data lie; null where it does not start, fails or takes too long.</summary>
    public static string? Version(string program = "espeak-ng")
    {
        try
        {
            using Process process = Process.Start(new ProcessStartInfo(program, ["--version"]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            if (!process.WaitForExit(Patience))
            {
                process.Kill();
                return null;
            }

            string line = process.StandardOutput.ReadLine() ?? "";
            int data = line.IndexOf("Data at:", StringComparison.Ordinal);
            return process.ExitCode == 0 ? (data < 0 ? line : line[..data]).Trim() : null;
        }
        catch (Win32Exception)
        {
            return null;
        }
    }
}
