using BenchmarkDotNet.Attributes;

namespace GpuSer.Benchmarks.Features.Image;

/// <summary>Batches on the CPU, by size and threads: of 2 s each, and ragged ones that are as long together.</summary>
[MemoryDiagnoser]
public class ImageBatchBenchmarks
{
    private const int Samples = 44100;
    private FeatureExtractor _extractor = null!;
    private float[] _padded = [];
    private float[] _images = [];
    private ReadOnlyMemory<float>[] _ragged = [];
    private int _raggedLength;

    [Params(1, 16, 64)]
    public int Batch { get; set; }

    [Params(1, 2)]
    public int Threads { get; set; }

    [GlobalSetup]
    public void SetUp()
    {
        _extractor = new FeatureExtractor(threads: Threads);
        _padded = [.. Enumerable.Range(0, Batch).SelectMany(i => Speech.Make(Samples, i))];
        int[] lengths = [.. Enumerable.Range(0, Batch).Select(i => Samples + (Batch == 1 ? 1 : (i % 2 == 0 ? 1 : -1) * (i / 2 * 600)))];
        _ragged = [.. lengths.Select((length, i) => (ReadOnlyMemory<float>)Speech.Make(length, i))];
        _raggedLength = lengths.Sum(length => FeatureExtractor.Frames(length) * FeatureExtractor.Rows);
        _images = new float[Math.Max(_raggedLength, Batch * FeatureExtractor.Frames(Samples) * FeatureExtractor.Rows)];
    }

    [GlobalCleanup]
    public void CleanUp() => _extractor.Dispose();

    [Benchmark(Baseline = true)]
    public void Padded() =>
        _extractor.ComputeImages(_padded, Batch, Samples, _images.AsSpan(0, Batch * FeatureExtractor.Frames(Samples) * FeatureExtractor.Rows));

    [Benchmark]
    public void Ragged() => _extractor.ComputeImages(_ragged, _images.AsSpan(0, _raggedLength));
}
