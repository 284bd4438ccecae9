using BenchmarkDotNet.Attributes;
using GpuSer.Features;
using GpuSer.Features.Contrast;
using GpuSer.Reference.Recipe;

namespace GpuSer.Benchmarks.Features.Contrast;

/// <summary>Peaks and valleys of the octave bands.</summary>
public unsafe class ContrastBenchmarks() : FeatureBenchmark("gpuser_contrast")
{
    [Benchmark(Baseline = true)]
    public double[,] Reference() => Spectral.Contrast(Magnitude);

    [Benchmark]
    public void Cpu()
    {
        for (int tile = 0; tile < Chunk.Tiles; tile++)
        {
            float* peaks = Rows + (tile * Lanes.Count);
            ContrastCpu.PeaksAndValleys(Stft.Magnitude(tile), peaks, peaks + (ContrastTables.Count * Pitch), Pitch);
        }
    }
}
