using BenchmarkDotNet.Attributes;
using GpuSer.Features;
using GpuSer.Features.Mel;
using GpuSer.Reference.Recipe;

namespace GpuSer.Benchmarks.Features.Mel;

/// <summary>The mel filter bank.</summary>
public unsafe class MelBenchmarks() : FeatureBenchmark("gpuser_mel")
{
    private readonly double[,] _bank = Spectral.MelBank(MelTables.Bands);

    [Benchmark(Baseline = true)]
    public double[,] Reference() => _bank.Times(Power);

    [Benchmark]
    public void Cpu()
    {
        for (int tile = 0; tile < Chunk.Tiles; tile++)
        {
            FilterBankCpu.Apply(MelTables.Bank, Stft.Magnitude(tile), Rows + (tile * Lanes.Count), Pitch);
        }
    }
}
