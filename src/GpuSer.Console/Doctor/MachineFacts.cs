using System.Runtime.InteropServices;
using GpuSer.Training.Machine;

namespace GpuSer.Console.Doctor;

/// <summary>Versions as doctor and env both write them.</summary>
internal static class MachineFacts
{
    public static string Program() => ProgramVersion.Number + (ProgramVersion.Commit is { } commit ? $" (commit {commit[..Math.Min(12, commit.Length)]})" : "");

    public static string DotNet() => $"{Environment.Version}";

    public static string System() => $"{RuntimeInformation.OSDescription} ({RuntimeInformation.ProcessArchitecture}), kernel {Environment.OSVersion.Version}";
}
