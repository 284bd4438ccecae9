using BenchmarkDotNet.Attributes;
using GpuSer.Features.Hpss;
using GpuSer.Reference.Recipe;

namespace GpuSer.Benchmarks.Features.Hpss;

/// <summary>Medians, masks and the separated signals.</summary>
public unsafe class HpssBenchmarks() : FeatureBenchmark("gpuser_hpss")
{
    private HpssCpu _hpss = null!;

    public override void SetUp()
    {
        base.SetUp();
        _hpss = new HpssCpu(Stft);
        _hpss.Reserve(Chunk.Tiles);
    }

    [Benchmark(Baseline = true)]
    public object Reference() => Separation.Signals(Fourier.Stft(SignalInDouble), Separation.HarmonicMask(Magnitude), Samples);

    [Benchmark]
    public void Cpu()
    {
        _hpss.MediansOverTime(Chunk);
        _hpss.Synthesise(Chunk, null);
    }
}
