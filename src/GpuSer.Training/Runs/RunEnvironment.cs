using System.Runtime.InteropServices;
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
public sealed record RunEnvironment(
    DateTimeOffset Started, string GpuSerVersion, string TorchVersion, string DotNet, string OperatingSystem, string Architecture, int Processors, long MemoryBytes)
{
    /// <summary>This process's.</summary>
    public static RunEnvironment Now() => new(
        DateTimeOffset.Now, Version, torch.__version__, RuntimeInformation.FrameworkDescription, RuntimeInformation.OSDescription,
        $"{RuntimeInformation.ProcessArchitecture}", Environment.ProcessorCount, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes);

    /// <summary>Version of this library.</summary>
    internal static string Version => typeof(RunEnvironment).Assembly.GetName().Version!.ToString(3);
}
