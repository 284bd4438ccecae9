using BenchmarkDotNet.Attributes;
using GpuSer.Features;
using GpuSer.Features.Chroma;
using GpuSer.Features.Tonnetz;
using GpuSer.Reference.Recipe;

namespace GpuSer.Benchmarks.Features.Tonnetz;

/// <summary>From the signal to its octaves, constant-Q chroma and tonal centroids; the reference makes its filters as it goes, the others have theirs.</summary>
public unsafe class TonnetzBenchmarks() : FeatureBenchmark("gpuser_octave")
{
    private readonly ConstantQCpu _constantQ = new();
    private readonly Scratch _magnitude = new();

    public override void SetUp()
    {
        base.SetUp();
        _magnitude.Reserve(ConstantQTables.Rows * Lanes.Count);
    }

    [Benchmark(Baseline = true)]
    public double[,] Reference() => Tonal.Tonnetz(Tonal.Chroma(Tonal.ConstantQ(SignalInDouble, 0)));

    [Benchmark]
    public void Cpu()
    {
        _constantQ.Load(Signal, 0);
        for (int tile = 0; tile < Chunk.Tiles; tile++)
        {
            _constantQ.Run(ConstantQTables.Bank(TuningTables.None), tile * Lanes.Count, _magnitude.Pointer);
            ConstantQCpu.FoldToChroma(_magnitude.Pointer, Rows);
            ChromaCpu.NormaliseByMaximum(Rows, Lanes.Count);
            ChromaCpu.NormaliseBySum(Rows, Lanes.Count);
            TonnetzCpu.Project(Rows, Rows + (ChromaTables.Classes * Lanes.Count), Lanes.Count);
        }
    }
}
