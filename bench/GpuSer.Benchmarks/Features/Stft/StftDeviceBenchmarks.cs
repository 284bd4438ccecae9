using BenchmarkDotNet.Attributes;
using GpuSer.Cuda;
using GpuSer.Features;
using GpuSer.Features.Stft;

namespace GpuSer.Benchmarks.Features.Stft;

/// <summary>The spectra of 16 signals on a GPU: the fused kernel against the kernel that frames with cuFFT. A run's share of 32 in a row.</summary>
[Config(typeof(OnAGpu))]
public class StftDeviceBenchmarks
{
    private const int Batch = 16;
    private const int Runs = 32;

    private ICudaDriver _driver = null!;
    private CudaContext _context = null!;
    private CudaStream _stream = null!;
    private FeatureKernels _kernels = null!;
    private DeviceBuffer<float> _signals = null!;
    private StftCuda _fused = null!;
    private StftCuFft _cuFft = null!;

    [Params(66150, 59011)]
    public int Samples { get; set; }

    [GlobalSetup]
    public void SetUp()
    {
        _driver = CudaDrivers.Open();
        _context = new CudaContext(_driver);
        _stream = new CudaStream(_context);
        _kernels = new FeatureKernels(_context);
        _signals = new DeviceBuffer<float>(_context, [.. Enumerable.Range(0, Batch).SelectMany(i => Speech.Make(Samples, i))]);
        int frames = FeatureExtractor.Frames(Samples);
        _fused = new StftCuda(_kernels, Batch, frames);
        _cuFft = new StftCuFft(_kernels, Batch, frames, StftTables.FftLength, StftTables.HopLength);
        _fused.SetSamples(_signals.Address, Samples, Samples);
        _cuFft.SetSamples(_signals.Address, Samples, Samples);
    }

    [Benchmark(Baseline = true, OperationsPerInvoke = Runs)]
    public void Fused()
    {
        for (int i = 0; i < Runs; i++)
        {
            _fused.Launch.Run(_stream);
        }

        _stream.Synchronize();
    }

    [Benchmark(OperationsPerInvoke = Runs)]
    public void CuFft()
    {
        for (int i = 0; i < Runs; i++)
        {
            _cuFft.Launch.Run(_stream);
            _cuFft.Transform(_stream);
        }

        _stream.Synchronize();
    }

    [GlobalCleanup]
    public void CleanUp()
    {
        foreach (IDisposable part in (ReadOnlySpan<IDisposable>)[_cuFft, _fused, _signals, _kernels, _stream, _context, _driver])
        {
            part.Dispose();
        }
    }
}
