using System.Diagnostics;
using System.Runtime.InteropServices;
using GpuSer.Audio;
using GpuSer.Cuda;
using GpuSer.Training.Data;
using GpuSer.Training.Inference;
using GpuSer.Training.Models;
using GpuSer.Training.Optimisation;
using GpuSer.Training.Randomness;
using GpuSer.Training.Weights;
using TorchSharp;

namespace GpuSer.Training.Planning;

/// <summary>Looks at what a training would be, by one step and one test that are thrown away; nothing is written.</summary>
internal static class DryRun
{
    /// <summary>Makes the network and one step of the first batch, judges one test recording, and predicts memory and time from them.</summary>
    /// <param name="data">The recordings.</param>
    /// <param name="splits">The splits that would be trained; the first is looked at.</param>
    /// <param name="options">How to train. The cache is left alone.</param>
    /// <param name="device">A CUDA device or its emulator; null for the CPU.</param>
    /// <param name="cancellation">Stops before the step.</param>
    /// <exception cref="InvalidOptionsException">The options are impossible.</exception>
    /// <exception cref="TrainingException">Torch failed, does not know the GPU, or the loss is not a number.</exception>
    /// <exception cref="CudaException">The device failed.</exception>
    /// <exception cref="IO.InvalidFileException">The weights file cannot be used.</exception>
    public static DryRunReport Run(
        TrainingData data, IReadOnlyList<PlannedSplit> splits, TrainOptions options, CudaContext? device = null, CancellationToken cancellation = default)
    {
        Split split = splits[0].Split;
        options = Trainer.For(data.Corpus, options) with { Cache = null };
        new OptionErrors().Include(options.Errors()).ThrowIfAny();
        torch.Device torchDevice = TorchDevice.For(device);
        NativeHeap.KeepFreedMemory();
        TorchThreads.Use(options.Threads);
        using Vgg network = new(options.Network);
        Initialisation.Draw(network, options.Initialisation, new Philox((ulong)options.Seed, RandomStream.Torch).NextUInt32());
        WeightsReport? weights = options.Weights is null ? null : ModelFile.LoadPretrained(options.Weights, network);
        network.to(torchDevice);
        if (options.FreezeFeatures)
        {
            network.FreezeFeatures();
        }

        Dictionary<Utterance, VoicedUtterance> voices = data.Voiced.ToDictionary(voiced => voiced.Utterance);
        IReadOnlyList<TrainingBatch> batches = new BatchOrder([.. split.Train.Select(u => voices[u])], options).Epoch(1);
        IReadOnlyList<VoicedUtterance> tests = [.. split.Test.Select(u => voices[u])];
        (StepResult step, double test) = Measure(network, options, data.Corpus.Labels, batches[0], tests[0], device, cancellation);
        TrainingBatch largest = batches.MaxBy(Size)!;
        long parameters = network.parameters().Sum(parameter => parameter.numel());
        long trained = network.parameters().Where(parameter => parameter.requires_grad).Sum(parameter => parameter.numel());
        ImageSize[] sizes = [.. data.Voiced.Select(voiced => SizeOf(voiced.Samples.Length, options)).OrderBy(size => size.Frames)];
        using Process process = Process.GetCurrentProcess();
        return new DryRunReport
        {
            Network = options.Network,
            Parameters = parameters,
            Trained = trained,
            Weights = weights,
            Trainings = splits.Count,
            Split = split,
            Classes = [.. data.Corpus.Labels.Select((label, i) => new ClassCount(label, split.Train.Count(u => u.Label == i), split.Test.Count(u => u.Label == i)))],
            BadFiles = data.BadFiles,
            Longest = sizes[^1],
            Median = sizes[sizes.Length / 2],
            LargestImages = largest.Labels.Count,
            LargestFrames = Frames(largest.PaddedLength),
            Loss = step.Loss,
            Memory = TrainingMemory.Predict(
                options.Network, parameters, trained, largest.Labels.Count, options.PadBatches ? largest.Labels.Count : 1, Frames(largest.PaddedLength),
                data.Voiced.Sum(voiced => (long)voiced.Samples.Length)),
            PeakBytes = torchDevice.type == DeviceType.CUDA ? null : process.PeakWorkingSet64,
            Time = Predict(step.Timings, test, batches, tests, options.Epochs * splits.Count),
        };
    }

    private static (StepResult Step, double Test) Measure(
        Vgg network, TrainOptions options, IReadOnlyList<string> labels, TrainingBatch batch, VoicedUtterance test, CudaContext? device, CancellationToken cancellation)
    {
        AdamOptions adam = new() { LearningRate = options.Rate() };
        (string, TorchSharp.Modules.Parameter)[] trained = [.. network.named_parameters().Where(pair => pair.parameter.requires_grad)];
        using ImageBatch images = ImageBatch.On(device, options.Features, options.Threads);
        images.Keep([.. batch.Signals.Select(signal => signal.ToArray()), test.Samples]);
        using IOptimiser optimiser = device is null ? new FusedAdam(trained, adam, options.Threads) : new DeviceAdam(device, trained, adam);
        using TrainingStep step = new(network, optimiser, images, options.CutMixAlpha, (ulong)options.Seed, options.PadBatches)
        {
            MaxGradientNorm = options.MaxGradientNorm,
        };
        ModelDescription model = new() { Labels = labels, Network = options.Network, Recipe = FeatureOptions.RecipeVersion, Features = options.Features };
        using EmotionClassifier judge = EmotionClassifier.Around(network, model, images);
        try
        {
            // What the first images make once, tables and code and threads, is no matter of a step's.
            network.eval();
            judge.Logits(test.Utterance.Path, test.Samples, cancellation);
            images.Begin(batch, cancellation);
            images.Take();
            network.train();
            StepResult made = step.Run(batch, null, 0, cancellation);
            network.eval();
            Stopwatch clock = Stopwatch.StartNew();
            judge.Logits(test.Utterance.Path, test.Samples, cancellation);
            return (made, clock.Elapsed.TotalSeconds);
        }
        catch (ExternalException error)
        {
            throw new TrainingException($"torch failed in the first step: {error.Message.Split('\n')[0]}; where memory is short give a smaller --batch", error);
        }
    }

    // Features and network are linear in images x frames, Adam is the same in each step.
    private static DryRunTime Predict(StepTimings step, double test, IReadOnlyList<TrainingBatch> batches, IReadOnlyList<VoicedUtterance> tests, int epochs)
    {
        double share = batches.Sum(Size) / Size(batches[0]);
        double tested = tests.Sum(one => (double)Frames(one.Samples.Length)) / Frames(tests[0].Samples.Length);
        double epoch = ((step.Total - step.Optimiser) * share) + (step.Optimiser * batches.Count) + (test * tested);
        return new DryRunTime(step, batches[0].Labels.Count, Frames(batches[0].PaddedLength), test, batches.Count, epoch, epoch * epochs);
    }

    private static double Size(TrainingBatch batch) => (double)batch.Labels.Count * Frames(batch.PaddedLength);

    private static ImageSize SizeOf(int samples, TrainOptions options)
    {
        int cropped = Math.Min(samples, options.LongestCrop());
        return new ImageSize((double)cropped / FeatureOptions.SampleRate, Frames(BatchPadding.PaddedLength(cropped)));
    }

    private static int Frames(int samples) => FeatureExtractor.Frames(samples);
}
