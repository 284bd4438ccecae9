using BenchmarkDotNet.Attributes;
using GpuSer.Cuda;

namespace GpuSer.Benchmarks.Features.Mel;

/// <summary>
/// The whole image of 16 signals on a GPU, in which filter banks make mel spectrum, chroma and constant-Q transform: sparse in kernels against
/// dense by cuBLAS, under either STFT. A batch's share of 16 in a row.
/// </summary>
[Config(typeof(OnAGpu))]
public class FilterBankDeviceBenchmarks
{
    private const int Batch = 16;
    private const int Runs = 16;

    private ICudaDriver _driver = null!;
    private CudaContext _context = null!;
    private CudaStream _stream = null!;
    private DeviceBuffer<float> _signals = null!;
    private DeviceBuffer<float> _image = null!;
    private CudaFeatureExtractor _sparse = null!;
    private CudaFeatureExtractor _cuBlas = null!;

    [Params(66150, 59011)]
    public int Samples { get; set; }

    [ParamsAllValues]
    public StftMethod Stft { get; set; }

    [GlobalSetup]
    public void SetUp()
    {
        _driver = CudaDrivers.Open();
        _context = new CudaContext(_driver);
        _stream = new CudaStream(_context);
        _signals = new DeviceBuffer<float>(_context, [.. Enumerable.Range(0, Batch).SelectMany(i => Speech.Make(Samples, i))]);
        _image = new DeviceBuffer<float>(_context, (long)Batch * FeatureExtractor.Frames(Samples) * FeatureExtractor.Rows);
        _sparse = new CudaFeatureExtractor(_context, new FeatureOptions { Stft = Stft });
        _cuBlas = new CudaFeatureExtractor(_context, new FeatureOptions { Stft = Stft, FilterBank = FilterBankMethod.CuBlas });
    }

    [Benchmark(Baseline = true, OperationsPerInvoke = Runs)]
    public void Sparse() => Run(_sparse);

    [Benchmark(OperationsPerInvoke = Runs)]
    public void CuBlas() => Run(_cuBlas);

    [GlobalCleanup]
    public void CleanUp()
    {
        foreach (IDisposable part in (ReadOnlySpan<IDisposable>)[_cuBlas, _sparse, _image, _signals, _stream, _context, _driver])
        {
            part.Dispose();
        }
    }

    private void Run(CudaFeatureExtractor extractor)
    {
        for (int i = 0; i < Runs; i++)
        {
            extractor.Run(_signals.Address, Samples, Batch, Samples, _image.Address, _stream);
        }

        _stream.Synchronize();
    }
}
