using BenchmarkDotNet.Attributes;
using GpuSer.Features;
using GpuSer.Features.Hpss;
using GpuSer.Features.Mel;
using GpuSer.Reference.Recipe;

namespace GpuSer.Benchmarks.Features.Hpss;

/// <summary>From spectra to medians, masks, the separated signals, and the mel spectrum of both.</summary>
public unsafe class HpssBenchmarks() : FeatureBenchmark("gpuser_hpss", "gpuser_hpss_mel")
{
    private readonly double[,] _bank = Spectral.MelBank(MelTables.HpssBands);
    private HpssCpu _hpss = null!;

    public override void SetUp()
    {
        base.SetUp();
        _hpss = new HpssCpu(Stft);
        _hpss.Reserve(Chunk.Tiles);
    }

    [Benchmark(Baseline = true)]
    public double[,] Reference()
    {
        (double[] harmonic, double[] percussive) = Separation.Signals(Spectra, Separation.HarmonicMask(Magnitude), Samples);
        double[,] h = Fourier.Stft(harmonic).Magnitude(), p = Fourier.Stft(percussive).Magnitude();
        return _bank.Times(Matrix.Map(Fourier.Bins, h.GetLength(1), (k, t) => ((h[k, t] * h[k, t]) + (p[k, t] * p[k, t])) / 2));
    }

    [Benchmark]
    public void Cpu()
    {
        _hpss.MediansOverTime(Chunk);
        _hpss.Synthesise(Chunk, null);
        for (int tile = 0; tile < Chunk.Tiles; tile++)
        {
            _hpss.MelPower(Chunk, tile, Rows + (tile * Lanes.Count), Pitch);
        }
    }
}
