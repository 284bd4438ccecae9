using GpuSer.Cuda;
using GpuSer.Training.Data;
using GpuSer.Training.Evaluation;
using GpuSer.Training.Models;
using GpuSer.Training.Randomness;
using GpuSer.Training.Reports;
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
    /// <exception cref="IO.InvalidFileException">The weights file cannot be used, the folder cannot be written, or another process trains into it.</exception>
    public static TrainResult Run(
        Corpus corpus, TrainOptions options, string runFolder, IProgress<TrainEvent>? progress = null, CudaContext? device = null,
        CancellationToken cancellation = default)
    {
        Check(corpus, options, device);
        TrainingData data = TrainingData.Load(corpus, options, cancellation);
        return Run(data, SplitPlan.Of(options).Make(data.Utterances, (ulong)options.Seed)[0].Split, options, runFolder, progress, device, cancellation: cancellation);
    }

    /// <summary>Fails where a training with these options could not begin: to be told before a corpus is read.</summary>
    /// <exception cref="InvalidOptionsException">The options are impossible.</exception>
    /// <exception cref="TrainingException">This torch does not know the GPU.</exception>
    public static void Check(Corpus corpus, TrainOptions options, CudaContext? device = null)
    {
        new OptionErrors().Include(For(corpus, options).Errors()).ThrowIfAny();
        TorchDevice.For(device);
    }

    /// <summary>Trains on recordings that were read before, with a split of them.</summary>
    /// <param name="data">The recordings.</param>
    /// <param name="split">What of them to train on and to test with.</param>
    /// <param name="options">How to train; limit and speakers are the caller's matter here.</param>
    /// <param name="runFolder">Where to write; a run that is there is replaced (see <see cref="RunFolder.RequireFree"/>).</param>
    /// <param name="progress">Told on the training's own thread.</param>
    /// <param name="device">A CUDA device or its emulator to compute features, CutMix and Adam on; null for the CPU.</param>
    /// <param name="resume">
    /// Whether to continue a run of the same options and recordings that is in the folder, to weights that are the same to the last bit on the CPU; one
    /// that is done is read.
    /// </param>
    /// <param name="cancellation">Stops before the next step, with a checkpoint; what was saved stays.</param>
    /// <exception cref="InvalidOptionsException">The options are impossible.</exception>
    /// <exception cref="TrainingDivergedException">The loss is not a number.</exception>
    /// <exception cref="RunNotSavedException">The last epoch could not be saved.</exception>
    /// <exception cref="TrainingException">This torch does not know the GPU, or the recordings of a run to continue have changed.</exception>
    /// <exception cref="CudaException">The device failed.</exception>
    /// <exception cref="IO.InvalidFileException">
    /// The weights file cannot be used, the folder cannot be written or holds a run of other options, or another process trains into it.
    /// </exception>
    public static TrainResult Run(
        TrainingData data, Split split, TrainOptions options, string runFolder, IProgress<TrainEvent>? progress = null, CudaContext? device = null,
        bool resume = false, CancellationToken cancellation = default) =>
        Run(data, split, options, runFolder, progress, device, resume ? ExistingRun.Continue : ExistingRun.Replace, cancellation);

    /// <summary>As above, with a say in what becomes of a run that is there.</summary>
    /// <exception cref="IO.InvalidFileException">As above, and where a run is there that shall stay.</exception>
    internal static TrainResult Run(
        TrainingData data, Split split, TrainOptions options, string runFolder, IProgress<TrainEvent>? progress, CudaContext? device,
        ExistingRun existing, CancellationToken cancellation)
    {
        Corpus corpus = data.Corpus;
        options = For(corpus, options);
        new OptionErrors().Include(options.Errors()).ThrowIfAny();
        torch.Device torchDevice = TorchDevice.For(device);
        ulong seed = (ulong)options.Seed;
        ModelDescription model = new()
        {
            Labels = corpus.Labels,
            Network = options.Network,
            Recipe = FeatureOptions.RecipeVersion,
            Features = options.Features,
        };

        RunConfiguration configuration = new()
        {
            Data = corpus.Folder,
            Dataset = corpus.Dataset,
            Split = split.Name,
            Device = device?.Driver.Name ?? RunConfiguration.Cpu,
            LearningRate = options.Rate(),
            Options = options,
            Model = model,
            Environment = RunEnvironment.Now(),
        };
        // A new folder is not made before all else is known to be right.
        bool resume = existing == ExistingRun.Continue;
        using RunLock? early = resume && Directory.Exists(runFolder) ? RunLock.Take(runFolder) : null;
        RunFolder? there = resume ? RunFolder.Continue(runFolder, configuration, split) : null;
        if (there is not null && File.Exists(there.Outcome))
        {
            return JsonText.Read(there.Outcome, TrainingProgress.FromJson).ToResult(there) with { BadFiles = data.BadFiles };
        }

        NativeHeap.KeepFreedMemory();
        TorchThreads.Use(options.Threads);
        using Vgg network = new(options.Network);
        Initialisation.Draw(network, options.Initialisation, new Philox(seed, RandomStream.Torch).NextUInt32());
        bool goesOn = there is not null && File.Exists(there.Checkpoint);
        WeightsReport? report = options.Weights is null || goesOn ? null : ModelFile.LoadPretrained(options.Weights, network);
        network.to(torchDevice);
        if (options.FreezeFeatures)
        {
            network.FreezeFeatures();
        }

        using RunLock? late = early is null ? RunLock.Take(runFolder) : null;
        if (late is not null && existing != ExistingRun.Replace)
        {
            RunFolder.RequireNew(runFolder); // another process may have trained into it since it was looked at
        }

        RunFolder run = there ?? RunFolder.Create(runFolder, configuration, split);
        progress?.Report(new TrainStarted(
            model, network.parameters().Sum(parameter => parameter.numel()), split, data.BadFiles, options.Rate(), report));

        Dictionary<Utterance, VoicedUtterance> voices = data.Voiced.ToDictionary(voiced => voiced.Utterance);
        using TrainingRun training = new(
            network, options, run, [.. split.Train.Select(u => voices[u])], [.. split.Test.Select(u => voices[u])], device, progress);
        if (goesOn)
        {
            training.Restore();
        }

        TrainResult result = training.Go(cancellation) with { BadFiles = data.BadFiles };
        RunReport.TryWrite(run.Path, data.Corpus with { Utterances = data.Utterances }, progress);
        RunReport.TryWriteModelCard(run, progress);
        return result;
    }

    internal static TrainOptions For(Corpus corpus, TrainOptions options) =>
        options with { Network = options.Network with { Classes = corpus.Labels.Count } };
}
