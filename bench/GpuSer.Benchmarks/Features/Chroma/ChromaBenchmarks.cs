using BenchmarkDotNet.Attributes;
using GpuSer.Features;
using GpuSer.Features.Chroma;
using GpuSer.Reference.Recipe;

namespace GpuSer.Benchmarks.Features.Chroma;

/// <summary>Pitch classes of a spectrum's power, each frame over its largest; the filters of the tuning are there.</summary>
public unsafe class ChromaBenchmarks() : FeatureBenchmark("gpuser_chroma")
{
    private readonly double[,] _bank = Spectral.ChromaBank(0);

    [Benchmark(Baseline = true)]
    public double[,] Reference() => Spectral.Chroma(_bank, Power);

    [Benchmark]
    public void Cpu()
    {
        for (int tile = 0; tile < Chunk.Tiles; tile++)
        {
            ChromaCpu.Apply(ChromaTables.Bank(TuningTables.None), Stft.Magnitude(tile), Rows + (tile * Lanes.Count), Pitch);
        }
    }
}
