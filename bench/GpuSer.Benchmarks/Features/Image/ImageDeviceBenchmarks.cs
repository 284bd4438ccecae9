using BenchmarkDotNet.Attributes;

namespace GpuSer.Benchmarks.Features.Image;

/// <summary>Batches on a device against the CPU's on all cores: kernels, transfer, and the whole way from the host's memory to the host's.</summary>
[BenchmarkCategory(BenchmarkDevice.Category)]
public class ImageDeviceBenchmarks
{
    private readonly FeatureExtractor _extractor = new();
    private DeviceRun _device = null!;
    private float[] _padded = [];
    private float[] _images = [];

    [Params(1, 16, 64)]
    public int Batch { get; set; }

    [Params(22050, 66150, 220500, 39693)]
    public int Samples { get; set; }

    [GlobalSetup]
    public void SetUp()
    {
        _padded = [.. Enumerable.Range(1, Batch).SelectMany(seed => Speech.Make(Samples, seed))];
        _images = new float[Batch * FeatureExtractor.Frames(Samples) * FeatureExtractor.Rows];
        _device = new DeviceRun(BenchmarkDevice.Context!, Batch, Samples);
        _device.Upload();
        _device.Compute();
    }

    [GlobalCleanup]
    public void CleanUp() => _device.Dispose();

    [Benchmark(Baseline = true)]
    public void Cpu() => _extractor.ComputeImages(_padded, Batch, Samples, _images);

    [Benchmark]
    public void Kernels() => _device.Compute();

    [Benchmark]
    public void Transfer()
    {
        _device.Upload();
        _device.Download();
    }

    [Benchmark]
    public void EndToEnd()
    {
        _device.Upload();
        _device.Compute();
        _device.Download();
    }
}
