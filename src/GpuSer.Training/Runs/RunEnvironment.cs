using System.Runtime.InteropServices;
using GpuSer.Training.Machine;
using TorchSharp;

namespace GpuSer.Training.Runs;

/// <summary>Where and with what a run was begun: part of <c>config.json</c>; it makes no difference to what is trained.</summary>
/// <param name="Started">When, with the machine's own offset from UTC.</param>
/// <param name="GpuSerVersion">Version of this library.</param>
/// <param name="TorchVersion">Version that torch says of itself.</param>
/// <param name="DotNet">Version of .NET.</param>
/// <param name="OperatingSystem">Operating system.</param>
/// <param name="Architecture">Processor's architecture.</param>
/// <param name="Processors">Cores that this process may use.</param>
/// <param name="MemoryBytes">Memory that this process may use.</param>
/// <param name="Processor">The processor's own name; null in runs of before this was kept.</param>
/// <param name="Commit">The commit that this library was built from; null where the build did not know one, or the run is of before this was kept.</param>
internal sealed record RunEnvironment(
    DateTimeOffset Started, string GpuSerVersion, string TorchVersion, string DotNet, string OperatingSystem, string Architecture, int Processors, long MemoryBytes,
    string? Processor = null, string? Commit = null)
{
    /// <summary>This process's.</summary>
    public static RunEnvironment Now() => new(
        DateTimeOffset.Now, Version, torch.__version__, RuntimeInformation.FrameworkDescription, RuntimeInformation.OSDescription,
        $"{RuntimeInformation.ProcessArchitecture}", Environment.ProcessorCount, MemoryInfo.UsableBytes,
        ProcessorInfo.Name, ProgramVersion.Commit);

    /// <summary>Version of this library.</summary>
    internal static string Version => ProgramVersion.Number;
}
