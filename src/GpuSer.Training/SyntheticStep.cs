using GpuSer.Training.Data;
using GpuSer.Training.Models;
using GpuSer.Training.Optimisation;
using static TorchSharp.torch;

namespace GpuSer.Training;

/// <summary>Size of a step to measure.</summary>
internal sealed record SyntheticStepOptions
{
    /// <summary>The network.</summary>
    public VggOptions Network { get; init; } = new();

    /// <summary>Images of the batch, at least 2, since a batch normalisation may see one position of each.</summary>
    public int Batch { get; init; } = 16;

    /// <summary>Frames of an image, at least <see cref="Vgg.MinFrames"/>. The default is that of 2 s.</summary>
    public int Frames { get; init; } = 87;

    /// <summary>Threads; 0 for one a core.</summary>
    public int Threads { get; init; }

    /// <summary>What is wrong with these options; empty where nothing is.</summary>
    public IReadOnlyList<string> Errors() => new OptionErrors()
        .Include(Network.Errors())
        .Require(Batch >= 2, $"the batch needs at least 2 images, not {Batch}")
        .Require(Frames >= Vgg.MinFrames, $"an image needs at least {Vgg.MinFrames} frames, not {Frames}")
        .Require(Threads >= 0, $"the number of threads cannot be {Threads}")
        .List;
}

/// <summary>The CPU's training step with images that were drawn once: what a benchmark measures, apart from recordings and their features.</summary>
internal sealed class SyntheticStep : IDisposable
{
    private const int Seed = 1;

    private readonly Vgg _network;
    private readonly FusedAdam _optimiser;
    private readonly DrawnImages _images;
    private readonly TrainingStep _step;
    private readonly TrainingBatch _batch;
    private uint _steps;

    /// <summary>Makes network, optimiser and images. Sets torch's threads and the C library's heap for the process, as training does.</summary>
    /// <exception cref="InvalidOptionsException">The options are impossible.</exception>
    public SyntheticStep(SyntheticStepOptions options)
    {
        new OptionErrors().Include(options.Errors()).ThrowIfAny();
        NativeHeap.KeepFreedMemory();
        TorchThreads.Use(options.Threads);
        _network = new Vgg(options.Network);
        Initialisation.Draw(_network, ClassifierInitialisation.Torchvision, Seed);
        _network.train();
        _optimiser = new FusedAdam(_network.named_parameters(), new AdamOptions { LearningRate = 1e-5 }, options.Threads);
        _images = new DrawnImages(options.Batch, options.Frames);
        _step = new TrainingStep(_network, _optimiser, _images, cutMixAlpha: 0, Seed);
        _batch = new TrainingBatch(
            new ReadOnlyMemory<float>[options.Batch], [.. Enumerable.Range(0, options.Batch).Select(i => (long)(i % options.Network.Classes))]);
        (Parameters, Threads) = (_network.parameters().Sum(parameter => parameter.numel()), get_num_threads());
    }

    /// <summary>Number of parameters.</summary>
    public long Parameters { get; }

    /// <summary>Threads in use.</summary>
    public int Threads { get; }

    /// <summary>Makes a step.</summary>
    /// <exception cref="TrainingException">The loss is not a number.</exception>
    public StepResult Run() => _step.Run(_batch, null, _steps++);

    /// <summary>Frees network, optimiser and images.</summary>
    public void Dispose()
    {
        _step.Dispose();
        _images.Dispose();
        _optimiser.Dispose();
        _network.Dispose();
    }
}
