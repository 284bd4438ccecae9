using GpuSer.Cuda;
using GpuSer.Training.Data;
using GpuSer.Training.Evaluation;
using GpuSer.Training.Models;
using GpuSer.Training.Randomness;
using GpuSer.Training.Runs;
using GpuSer.Training.Weights;
using TorchSharp;

namespace GpuSer.Training;

/// <summary>What a training came to.</summary>
/// <param name="Run">Its folder.</param>
/// <param name="Epochs">Figures of each epoch.</param>
/// <param name="Best">Figures of the epoch with the best test accuracy; of equals the one with the lower test loss.</param>
/// <param name="BestTest">That epoch's test.</param>
/// <param name="BadFiles">Files that were left out.</param>
public sealed record TrainResult(
    RunFolder Run, IReadOnlyList<EpochResult> Epochs, EpochResult Best, EvaluationResult BestTest, IReadOnlyList<BadFile> BadFiles);

/// <summary>Fine-tunes a network on a corpus.</summary>
public static class Trainer
{
    /// <summary>Reads the recordings, trains, tests after each epoch, and keeps all of it in a run folder.</summary>
    /// <param name="corpus">The recordings.</param>
    /// <param name="options">How to train.</param>
    /// <param name="runFolder">Where to write; a run that is there is replaced (see <see cref="RunFolder.RequireFree"/>).</param>
    /// <param name="progress">Told on the training's own thread.</param>
    /// <param name="device">A CUDA device or its emulator to compute features, CutMix and Adam on; null for the CPU.</param>
    /// <param name="cancellation">Stops before the next step; what was saved stays.</param>
    /// <exception cref="InvalidOptionsException">The options are impossible.</exception>
    /// <exception cref="TrainingException">There is too little to train with, the loss is not a number, or this torch does not know the GPU.</exception>
    /// <exception cref="CudaException">The device failed.</exception>
    /// <exception cref="IO.InvalidFileException">The weights file cannot be used, or the folder cannot be written.</exception>
    public static TrainResult Run(
        Corpus corpus, TrainOptions options, string runFolder, IProgress<TrainEvent>? progress = null, CudaContext? device = null,
        CancellationToken cancellation = default)
    {
        options = options with { Network = options.Network with { Classes = corpus.Labels.Count } };
        new OptionErrors().Include(options.Errors()).ThrowIfAny();
        torch.Device torchDevice = TorchDevice.For(device);
        ulong seed = (ulong)options.Seed;
        IReadOnlyList<Utterance> chosen = options.Limit is int limit ? Splitting.Limit(corpus.Utterances, limit, seed) : corpus.Utterances;
        (IReadOnlyList<VoicedUtterance> loaded, IReadOnlyList<BadFile> unusable) = VoicedLoader.Load(chosen, options.Threads, cancellation);
        IReadOnlyList<BadFile> bad = [.. corpus.BadFiles, .. unusable];
        if (loaded.Count < 2)
        {
            string first = bad.Count == 0 ? string.Empty : $"; {bad[0].Path}: {bad[0].Reason}";
            throw new TrainingException($"{corpus.Folder}: only {loaded.Count} of {chosen.Count} recordings can be used, too few to train and test{first}");
        }

        IReadOnlyList<Utterance> usable = [.. loaded.Select(voiced => voiced.Utterance)];
        Split split = options.TestSpeakers.Count > 0 ? Splitting.BySpeaker(usable, options.TestSpeakers) : Splitting.Stratified(usable, seed);
        ModelDescription model = new()
        {
            Labels = corpus.Labels,
            Network = options.Network,
            Recipe = FeatureOptions.RecipeVersion,
            Features = FeatureOptions.Default,
        };

        NativeHeap.KeepFreedMemory();
        TorchThreads.Use(options.Threads);
        using Vgg network = new(options.Network);
        Initialisation.Draw(network, options.Initialisation, new Philox(seed, RandomStream.Torch).NextUInt32());
        WeightsReport? report = options.Weights is null ? null : ModelFile.LoadPretrained(options.Weights, network);
        network.to(torchDevice);
        RunFolder run = RunFolder.Create(runFolder, new RunConfiguration
        {
            Data = corpus.Folder,
            Split = split.Name,
            Device = device?.Driver.Name ?? RunConfiguration.Cpu,
            LearningRate = options.Rate(),
            Options = options,
            Model = model,
        }, split);
        progress?.Report(new TrainStarted(
            model, network.parameters().Sum(parameter => parameter.numel()), split, bad, options.Rate(), report));

        Dictionary<Utterance, VoicedUtterance> voices = loaded.ToDictionary(voiced => voiced.Utterance);
        using TrainingRun training = new(network, model, options, [.. split.Train.Select(u => voices[u])], [.. split.Test.Select(u => voices[u])], device);
        return training.Go(run, split, progress, cancellation) with { BadFiles = bad };
    }
}
