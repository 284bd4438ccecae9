using System.Numerics;
using BenchmarkDotNet.Attributes;
using GpuSer.Reference.Recipe;

namespace GpuSer.Benchmarks.Features.Stft;

/// <summary>Spectra; the CPU's with magnitudes, in both orders that its features read, since they are made in one go.</summary>
public class StftBenchmarks() : FeatureBenchmark("gpuser_stft")
{
    [Benchmark(Baseline = true)]
    public Complex[,] Reference() => Fourier.Stft(SignalInDouble);

    [Benchmark]
    public void Cpu() => TransformAll();
}
