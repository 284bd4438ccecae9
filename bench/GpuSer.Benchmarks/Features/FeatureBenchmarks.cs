using System.Numerics;
using BenchmarkDotNet.Attributes;
using GpuSer.Features;
using GpuSer.Features.Hpss;
using GpuSer.Features.Stft;
using GpuSer.Reference.Recipe;

namespace GpuSer.Benchmarks.Features;

/// <summary>What the benchmarks of single features share: two seconds of speech (or a ragged length), its spectra by both ways.</summary>
[MemoryDiagnoser]
public abstract unsafe class FeatureBenchmark
{
    private readonly Scratch _rows = new();

    [Params(44100, 39693)]
    public int Samples { get; set; }

    internal StftCpu Stft { get; } = new();

    internal FrameChunk Chunk { get; private set; }

    internal nint Pitch { get; private set; }

    internal float* Rows => _rows.Pointer;

    protected float[] Signal { get; private set; } = [];

    protected double[] SignalInDouble { get; private set; } = [];

    protected double[,] Magnitude { get; private set; } = new double[0, 0];

    protected double[,] Power { get; private set; } = new double[0, 0];

    [GlobalSetup]
    public virtual void SetUp()
    {
        Signal = Speech.Make(Samples);
        SignalInDouble = Speech.ToDouble(Signal);
        Magnitude = Fourier.Stft(SignalInDouble).Magnitude();
        Power = Magnitude.Map(value => value * value);
        Chunk = FrameChunk.At(Samples, 0);
        Pitch = Chunk.Tiles * Lanes.Count;
        _rows.Reserve(128 * Pitch);
        Stft.Reserve(Chunk.Tiles);
        TransformAll();
    }

    internal void TransformAll()
    {
        Stft.Load(Chunk, Signal);
        for (int tile = 0; tile < Chunk.Tiles; tile++)
        {
            Stft.Transform(Chunk, tile);
            Stft.TransposeMagnitude(tile);
        }
    }
}

public class StftBenchmarks : FeatureBenchmark
{
    [Benchmark(Baseline = true)]
    public Complex[,] Reference() => Fourier.Stft(SignalInDouble);

    [Benchmark]
    public void Cpu() => TransformAll();
}

public unsafe class HpssBenchmarks : FeatureBenchmark
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
