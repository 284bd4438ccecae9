using BenchmarkDotNet.Attributes;
using GpuSer.Features;
using GpuSer.Features.Chroma;
using GpuSer.Reference.Recipe;

namespace GpuSer.Benchmarks.Features.Chroma;

/// <summary>Pitch classes of the power spectrum.</summary>
public unsafe class ChromaBenchmarks() : FeatureBenchmark("gpuser_chroma")
{
    [Benchmark(Baseline = true)]
    public double[,] Reference() => Spectral.Chroma(Power, 0);

    [Benchmark]
    public void Cpu()
    {
        for (int tile = 0; tile < Chunk.Tiles; tile++)
        {
            ChromaCpu.Apply(ChromaTables.Bank(TuningTables.None), Stft.Magnitude(tile), Rows + (tile * Lanes.Count), Pitch);
        }
    }
}
