using System.Diagnostics;
using GpuSer.Cuda;
using GpuSer.PtxEmulator;

namespace GpuSer.Console.Doctor;

/// <summary>The features by the processor and by the kernels, against what formulas say.</summary>
internal static class FeatureChecks
{
    private const string Report = "report it together with what gpuser env prints";

    /// <summary>The processor's.</summary>
    public static Finding Cpu()
    {
        using FeatureExtractor extractor = new(threads: 1);
        return Judge("the CPU", samples => extractor.ComputeStages(samples), $"build again with ./gpuser build; if it stays, {Report}");
    }

    /// <summary>The kernels', on a GPU where there is one to be used, else on the emulator.</summary>
    /// <param name="probe">The driver.</param>
    /// <param name="device">What was asked for: auto, cuda or emulated.</param>
    public static Finding Kernels(GpuProbe probe, DeviceChoice device)
    {
        if (device != DeviceChoice.Emulated && probe.CanRun)
        {
            using CudaContext context = new(probe.Driver!);
            return Kernels(
                context, context.Device.Name,
                $"install a newer driver; gpuser verify GOLDEN --device cuda tells which kernel, and gpuser features --device cpu needs none; if it stays, {Report}");
        }

        if (device == DeviceChoice.Cuda)
        {
            return Finding.Fault("not run: there is no GPU that can be used", "see the driver and the GPUs above; --device emulated runs them without");
        }

        using EmulatedCudaDriver emulated = new();
        using CudaContext emulator = new(emulated);
        return Kernels(emulator, "the PTX emulator", $"build again with ./gpuser build; if it stays, {Report}");
    }

    /// <summary>Judges what computes stages.</summary>
    /// <param name="where">What that is.</param>
    /// <param name="compute">Makes the stages of a signal.</param>
    /// <param name="remedy">What to do where an answer is wrong.</param>
    internal static Finding Judge(string where, Func<float[], FeatureStages> compute, string remedy)
    {
        Stopwatch clock = Stopwatch.StartNew();
        IReadOnlyList<AnalyticAnswer> answers = AnalyticAnswers.Judge(compute);
        AnalyticAnswer[] wrong = [.. answers.Where(answer => !answer.IsRight)];
        return wrong.Length == 0
            ? Finding.Ok($"{where}: all {answers.Count} values that formulas tell are right ({clock.Elapsed.TotalSeconds:0.0} s)")
            : Finding.Fault(
                $"{where}: {wrong.Length} of {answers.Count} values that formulas tell are wrong: {string.Join("; ", wrong.Take(3))}" + (wrong.Length > 3 ? "; and more" : ""), remedy);
    }

    private static Finding Kernels(CudaContext context, string where, string remedy)
    {
        using CudaFeatureExtractor extractor = new(context);
        return Judge(where, samples => extractor.ComputeStages(samples), remedy);
    }
}
