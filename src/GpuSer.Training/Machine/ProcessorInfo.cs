using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace GpuSer.Training.Machine;

/// <summary>The processor that this process runs on.</summary>
internal static class ProcessorInfo
{
    private const string Source = "/proc/cpuinfo", Key = "model name";

    /// <summary>Its own name, such as <c>AMD EPYC 7763 64-Core Processor</c>; its architecture where the system does not tell a name.</summary>
    public static string Name { get; } = NameIn(SystemFile.Lines(Source)) ?? $"{RuntimeInformation.ProcessArchitecture}";

    /// <summary>The widest vector instructions that .NET uses here.</summary>
    public static string Vectors => Avx512F.IsSupported ? "AVX-512" : Avx2.IsSupported ? "AVX2" : Sse2.IsSupported ? "SSE2" : "none of x86";

    /// <summary>Whether the features' inner loops are as wide as they were measured with.</summary>
    public static bool HasWideVectors => Avx2.IsSupported || !Sse2.IsSupported;

    internal static string? NameIn(IEnumerable<string> lines) =>
        lines.FirstOrDefault(line => line.StartsWith(Key, StringComparison.Ordinal))?.Split(':', 2)[^1].Trim() is { Length: > 0 } name ? name : null;
}
