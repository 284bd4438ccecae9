using System.Numerics;
using BenchmarkDotNet.Attributes;
using GpuSer.Features;
using GpuSer.Features.Mel;
using GpuSer.Features.Mfcc;
using GpuSer.Reference.Recipe;

namespace GpuSer.Benchmarks.Features.Mfcc;

/// <summary>Decibels of a mel spectrum, floored under its largest, and their cosine transform.</summary>
public unsafe class MfccBenchmarks() : FeatureBenchmark("gpuser_mfcc")
{
    private readonly Scratch _mfcc = new();
    private readonly Scratch _decibels = new();
    private double[,] _mel = new double[0, 0];

    public override void SetUp()
    {
        base.SetUp();
        _mel = Spectral.MelBank(MelTables.Bands).Times(Power);
        _mfcc.Reserve(MfccTables.Coefficients * Pitch);
        _decibels.Reserve(MelTables.Bands * Lanes.Count);
        new Span<float>(Rows, (int)(MelTables.Bands * Pitch)).Fill(0.5f);
    }

    [Benchmark(Baseline = true)]
    public double[,] Reference() => Spectral.Mfcc(Spectral.Decibels(_mel));

    [Benchmark]
    public void Cpu()
    {
        Vector<float> floor = Decibels.Floor(Decibels.Largest(new ReadOnlySpan<float>(Rows, (int)(MelTables.Bands * Pitch))));
        for (int tile = 0; tile < Chunk.Tiles; tile++)
        {
            MfccCpu.ToDecibels(Rows + (tile * Lanes.Count), Pitch, floor, _decibels.Pointer);
            MfccCpu.Transform(_decibels.Pointer, _mfcc.Pointer + (tile * Lanes.Count), Pitch);
        }
    }
}
