using BenchmarkDotNet.Attributes;
using GpuSer.Reference.Recipe;

namespace GpuSer.Benchmarks.Features.Image;

/// <summary>The whole image of one signal, by length, on one thread; the reference also keeps every stage. Devices: see <see cref="ImageDeviceBenchmarks"/>.</summary>
[MemoryDiagnoser]
public class ImageBenchmarks
{
    private readonly FeatureExtractor _extractor = new(threads: 1);
    private float[] _signal = [];
    private float[] _image = [];

    [Params(22050, 66150, 220500, 39693)]
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
