using System.Collections;
using System.Runtime.InteropServices;
using GpuSer.Audio;
using GpuSer.Audio.Decoding;
using GpuSer.Cuda;
using GpuSer.Training.Machine;

namespace GpuSer.Console.Doctor;

/// <summary>A fact for a bug report.</summary>
/// <param name="Key">Its name in the document.</param>
/// <param name="Label">Its name for people.</param>
/// <param name="Value">What it is; null where it is not there.</param>
internal sealed record EnvironmentFact(string Key, string Label, string? Value);

/// <summary>What a bug report should say of program and machine: facts without a judgement, and without names of users, hosts or home folders.</summary>
internal static class EnvironmentFacts
{
    private static readonly string[] Prefixes =
        ["GPUSER_", "LIBTORCH", "OMP_", "GOMP_", "KMP_", "MKL_", "OPENBLAS_", "DNNL_", "ONEDNN_", "CUDA_", "NVIDIA_", "GLIBC_TUNABLES", "MALLOC_", "LD_LIBRARY_PATH", "LD_PRELOAD", "DOTNET_"];

    // Of .NET's many variables, those that change how a program computes.
    private static readonly string[] DotNet = ["DOTNET_Enable", "DOTNET_GC", "DOTNET_gc", "DOTNET_Tiered", "DOTNET_TC", "DOTNET_ReadyToRun", "DOTNET_PROCESSOR_COUNT"];

    /// <summary>All facts, in the order in which they are read.</summary>
    /// <param name="probe">The driver.</param>
    /// <param name="variables">The environment.</param>
    /// <param name="privacy">What must not be told.</param>
    public static IReadOnlyList<EnvironmentFact> Collect(GpuProbe probe, IDictionary variables, Privacy privacy)
    {
        List<EnvironmentFact> facts =
        [
            Fact("gpuser", "GpuSer", MachineFacts.Program),
            Fact("dotnet", ".NET", MachineFacts.DotNet),
            Fact("system", "system", MachineFacts.System),
            Fact("cLibrary", "C library", () => CLibrary.Version),
            Fact("processor", "processor", () => $"{ProcessorInfo.Name}, {Environment.ProcessorCount} cores, {ProcessorInfo.Vectors}"),
            Fact("memory", "memory", () => $"{MemoryInfo.UsableBytes / (double)(1L << 30):0.0} GiB"),
            Fact("driver", "NVIDIA driver", () => probe.Driver?.Version),
        ];
        facts.AddRange(Devices(probe));
        facts.AddRange(
        [
            Fact("libtorch", "libtorch", () => Describe(TorchLibrary.Load())),
            Fact("blas", "BLAS", () => TorchLibrary.Load().Blas is var blas && blas.Path is null ? blas.Name : $"{blas.Name}, from {blas.Path}"),
            Fact("sndFile", "libsndfile", SndFile.Version),
            Fact("decoder", "decoder", () => DecoderProgram.Find()),
            Fact("soxr", "libsoxr", Soxr.Version),
            Fact("espeak", "espeak-ng", () => SpeechCheck.Version()),
            Fact("kernels", "kernels", () => PtxBuild.Embedded() is var ptx ? $"PTX {ptx.Version} for {ptx.Target} and later, by {ptx.Compiler}" : null),
        ]);
        facts.AddRange(Variables(variables));
        return [.. facts.Select(fact => fact.Value is { } value ? fact with { Value = privacy.Clean(value) } : fact)];
    }

    private static IEnumerable<EnvironmentFact> Devices(GpuProbe probe)
    {
        IReadOnlyList<CudaDeviceInfo> devices = [];
        string? failure = null;
        try
        {
            devices = probe.Devices;
        }
        catch (CudaException error)
        {
            failure = error.Message;
        }

        return devices.Count == 0
            ? [new EnvironmentFact("gpu", "GPU", failure)]
            : devices.Select((device, i) => new EnvironmentFact(i == 0 ? "gpu" : $"gpu{i}", i == 0 ? "GPU" : $"GPU {i}", GpuChecks.Describe(device)));
    }

    private static IEnumerable<EnvironmentFact> Variables(IDictionary variables) =>
        from DictionaryEntry entry in variables
        let name = (string)entry.Key
        where Prefixes.Any(prefix => name.StartsWith(prefix, StringComparison.Ordinal))
            && (!name.StartsWith("DOTNET_", StringComparison.Ordinal) || DotNet.Any(prefix => name.StartsWith(prefix, StringComparison.Ordinal)))
        orderby name
        select new EnvironmentFact(name, name, (string?)entry.Value);

    private static string Describe(TorchLibrary torch) =>
        $"{torch.Number}, built {(torch.BuiltWithCuda ? "with" : "without")} CUDA, from {torch.Path ?? "an unknown place"}";

    private static EnvironmentFact Fact(string key, string label, Func<string?> read)
    {
        try
        {
            return new EnvironmentFact(key, label, read());
        }
        catch (Exception error) when (error is DllNotFoundException or EntryPointNotFoundException or BadImageFormatException or ExternalException or GpuSerException)
        {
            return new EnvironmentFact(key, label, null);
        }
    }
}
