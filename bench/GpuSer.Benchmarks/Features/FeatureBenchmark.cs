using System.Numerics;
using BenchmarkDotNet.Attributes;
using GpuSer.Cuda;
using GpuSer.Features;
using GpuSer.Features.Stft;
using GpuSer.Reference.Recipe;

namespace GpuSer.Benchmarks.Features;

/// <summary>
/// What the benchmarks of single features share: a signal of 1, 3 or 10 s, or a ragged one, its spectra by both ways, and where there is a
/// device, the kernels of the feature with what they read.
/// </summary>
/// <remarks>
/// The device's time here is a launch of the feature's kernels on data that is there already, to their end; the whole image's classes tell
/// transfer and end-to-end time.
/// </remarks>
/// <param name="kernels">
/// What the kernels are called, but for sizes and type, that do the work of the other rows: from the same input to the same output.
/// </param>
[MemoryDiagnoser]
public abstract unsafe class FeatureBenchmark(params string[] kernels)
{
    private readonly Scratch _rows = new();
    private DeviceRun? _device;
    private KernelLaunch[] _launches = [];

    [Params(22050, 66150, 220500, 39693)]
    public int Samples { get; set; }

    internal StftCpu Stft { get; } = new();

    internal FrameChunk Chunk { get; private set; }

    internal nint Pitch { get; private set; }

    internal float* Rows => _rows.Pointer;

    protected float[] Signal { get; private set; } = [];

    protected double[] SignalInDouble { get; private set; } = [];

    protected Complex[,] Spectra { get; private set; } = new Complex[0, 0];

    protected double[,] Magnitude { get; private set; } = new double[0, 0];

    protected double[,] Power { get; private set; } = new double[0, 0];

    [GlobalSetup]
    public virtual void SetUp()
    {
        Signal = Speech.Make(Samples);
        SignalInDouble = Speech.ToDouble(Signal);
        Spectra = Fourier.Stft(SignalInDouble);
        Magnitude = Spectra.Magnitude();
        Power = Magnitude.Map(value => value * value);
        Chunk = FrameChunk.At(Samples, 0);
        Pitch = Chunk.Tiles * Lanes.Count;
        _rows.Reserve(128 * Pitch);
        Stft.Reserve(Chunk.Tiles);
        TransformAll();
        if (BenchmarkDevice.Context is { } context)
        {
            _device = new DeviceRun(context, 1, Samples);
            _device.Upload();
            _device.Compute();
            _launches = _device.Launches(kernels);
        }
    }

    [GlobalCleanup]
    public void CleanUp() => _device?.Dispose();

    [Benchmark]
    [BenchmarkCategory(BenchmarkDevice.Category)]
    public void Device() => _device!.Launch(_launches);

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
