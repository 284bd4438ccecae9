using BenchmarkDotNet.Attributes;
using GpuSer.Reference.Recipe;

namespace GpuSer.Benchmarks.Features;

/// <summary>The whole image of one signal, by length.</summary>
[MemoryDiagnoser]
public class ImageBenchmarks
{
    private readonly FeatureExtractor _extractor = new(threads: 1);
    private float[] _signal = [];
    private float[] _image = [];

    [Params(22050, 39693, 66150, 220500)]
    public int Samples { get; set; }

    [GlobalSetup]
    public void SetUp()
    {
        _signal = Speech.Make(Samples);
        _image = new float[FeatureExtractor.Frames(Samples) * FeatureExtractor.Rows];
    }

    [Benchmark(Baseline = true)]
    public FeatureStages Reference() => ReferenceImage.Stages(_signal);

    [Benchmark]
    public void Cpu() => _extractor.ComputeImage(_signal, _image);
}

/// <summary>Batches of two seconds, by size and threads.</summary>
[MemoryDiagnoser]
public class BatchBenchmarks
{
    private const int Samples = 44100;
    private FeatureExtractor _extractor = null!;
    private float[] _padded = [];
    private float[] _images = [];

    [Params(1, 16, 64)]
    public int Batch { get; set; }

    [Params(1, 2)]
    public int Threads { get; set; }

    [GlobalSetup]
    public void SetUp()
    {
        _extractor = new FeatureExtractor(threads: Threads);
        _padded = [.. Enumerable.Range(0, Batch).SelectMany(i => Speech.Make(Samples, i))];
        _images = new float[Batch * FeatureExtractor.Frames(Samples) * FeatureExtractor.Rows];
    }

    [GlobalCleanup]
    public void CleanUp() => _extractor.Dispose();

    [Benchmark]
    public void Cpu() => _extractor.ComputeImages(_padded, Batch, Samples, _images);
}
