using System.Numerics;
using BenchmarkDotNet.Attributes;
using GpuSer.Features;
using GpuSer.Features.Chroma;
using GpuSer.Features.Contrast;
using GpuSer.Features.Mel;
using GpuSer.Features.Mfcc;
using GpuSer.Features.Tonnetz;
using GpuSer.Reference.Recipe;

namespace GpuSer.Benchmarks.Features;

public unsafe class MelBenchmarks : FeatureBenchmark
{
    private readonly double[,] _bank = Spectral.MelBank(128);

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

public unsafe class MfccBenchmarks : FeatureBenchmark
{
    private readonly Scratch _mfcc = new(), _decibels = new();
    private double[,] _mel = new double[0, 0];

    public override void SetUp()
    {
        base.SetUp();
        _mel = Spectral.MelBank(128).Times(Power);
        _mfcc.Reserve(MfccTables.Coefficients * Pitch);
        _decibels.Reserve(MelTables.Bands * Lanes.Count);
        new Span<float>(Rows, (int)(MelTables.Bands * Pitch)).Fill(0.5f);
    }

    [Benchmark(Baseline = true)]
    public double[,] Reference() => Spectral.Mfcc(Spectral.Decibels(_mel));

    [Benchmark]
    public void Cpu()
    {
        Vector<float> floor = Decibels.Floor(1);
        for (int tile = 0; tile < Chunk.Tiles; tile++)
        {
            MfccCpu.ToDecibels(Rows + (tile * Lanes.Count), Pitch, floor, _decibels.Pointer);
            MfccCpu.Transform(_decibels.Pointer, _mfcc.Pointer + (tile * Lanes.Count), Pitch);
        }
    }
}

public unsafe class ChromaBenchmarks : FeatureBenchmark
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

public unsafe class ContrastBenchmarks : FeatureBenchmark
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

public unsafe class TonnetzBenchmarks : FeatureBenchmark
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
        _constantQ.Load(Signal);
        for (int tile = 0; tile < Chunk.Tiles; tile++)
        {
            _constantQ.Run(ConstantQTables.Bank(TuningTables.None), tile * Lanes.Count, _magnitude.Pointer);
            ConstantQCpu.FoldToChroma(_magnitude.Pointer, Rows);
            TonnetzCpu.Project(Rows, Rows + (ChromaTables.Classes * Lanes.Count), Lanes.Count);
        }
    }
}
