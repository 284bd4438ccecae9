using BenchmarkDotNet.Attributes;
using GpuSer.Training;
using GpuSer.Training.Data;
using GpuSer.Training.Models;
using GpuSer.Training.Optimisation;

namespace GpuSer.Benchmarks.Training;

/// <summary>
/// One step of training on the CPU, from voiced samples of 2 s to changed weights, on all cores; the next batch's images are made meanwhile. A width divisor of 1 is VGG-16-BN; 8 is
/// narrow enough to see what is not convolutions.
/// </summary>
public class TrainingStepBenchmarks
{
    private const int Samples = 44100;
    private ImageBatch _images = null!;
    private TrainingStep _step = null!;
    private TrainingBatch _batch = null!;
    private uint _steps;

    [Params(1, 8)]
    public int WidthDivisor { get; set; }

    [Params(16)]
    public int Batch { get; set; }

    [GlobalSetup]
    public void SetUp()
    {
        Vgg network = new(new VggOptions { WidthDivisor = WidthDivisor });
        Initialisation.Draw(network, default, 1);
        network.train();
        _images = ImageBatch.On(null, FeatureOptions.Default, 0);
        FusedAdam adam = new(network.named_parameters(), new AdamOptions { LearningRate = 1e-5 });
        _step = new TrainingStep(network, adam, _images, 0.4, 1);
        _batch = new TrainingBatch(
            [.. Enumerable.Range(0, Batch).Select(i => (ReadOnlyMemory<float>)Speech.Make(Samples, i))], [.. Enumerable.Range(0, Batch).Select(i => (long)(i % 7))]);
    }

    [GlobalCleanup]
    public void CleanUp()
    {
        _step.Dispose();
        _images.Dispose();
    }

    [Benchmark]
    public StepResult Step() => _step.Run(_batch, _batch, _steps++);
}
