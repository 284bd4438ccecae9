using System.Diagnostics;
using GpuSer.Training.Data;
using GpuSer.Training.Models;
using GpuSer.Training.Optimisation;
using GpuSer.Training.Randomness;
using TorchSharp;
using static TorchSharp.torch;

namespace GpuSer.Training;

/// <summary>What one training step gave.</summary>
/// <param name="Loss">Mean loss of the batch, mixed by CutMix.</param>
/// <param name="Correct">How many were right, a mixed image counting by its shares; from 0 to the batch's size.</param>
/// <param name="Timings">Where the time went.</param>
public readonly record struct StepResult(double Loss, double Correct, StepTimings Timings);

/// <summary>One step: images, CutMix, logits, loss, gradients, Adam. The images of the step after are made meanwhile.</summary>
internal sealed class TrainingStep : IDisposable
{
    private readonly Vgg _network;
    private readonly IOptimiser _optimiser;
    private readonly IMixedBatches _batches;
    private readonly ulong _seed;

    /// <summary>Joins the parts, which stay the caller's.</summary>
    /// <param name="network">The network.</param>
    /// <param name="optimiser">The optimiser of its parameters.</param>
    /// <param name="images">Where images are made.</param>
    /// <param name="cutMixAlpha">Parameter of CutMix's Beta distribution; 0 for no CutMix.</param>
    /// <param name="seed">Seed of CutMix and dropout.</param>
    /// <param name="padBatches">Whether the signals of a batch are padded to one length; see <see cref="TrainOptions.PadBatches"/>.</param>
    public TrainingStep(Vgg network, IOptimiser optimiser, ImageBatch images, double cutMixAlpha, ulong seed, bool padBatches = true)
    {
        (_network, _optimiser, _seed) = (network, optimiser, seed);
        _batches = padBatches ? new PaddedBatches(images, cutMixAlpha, seed) : new UnpaddedBatches(images, cutMixAlpha, seed);
    }

    /// <summary>The most that the 2-norm of all gradients may be; larger ones are scaled down to it. Null for no bound.</summary>
    public double? MaxGradientNorm { get; init; }

    /// <summary>Makes the step. What was begun is ended, so that network and optimiser always belong together: cancellation is heeded before.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="next">The batch of the next call, whose images are begun; null where there is none.</param>
    /// <param name="step">Number of the step from the beginning of the training: what is random in it depends on this and the seed alone.</param>
    /// <param name="cancellation">Stops the step before the network is touched.</param>
    /// <exception cref="TrainingDivergedException">The loss is not a number; the parameters are as before, the statistics of batch normalisation and the gradients are not.</exception>
    public StepResult Run(TrainingBatch batch, TrainingBatch? next, uint step, CancellationToken cancellation = default)
    {
        using Activity? activity = Telemetry.Activities.StartActivity("gpuser.training.step");
        activity?.SetTag("step", step);
        using DisposeScope scope = NewDisposeScope();
        long start = Stopwatch.GetTimestamp();
        cancellation.ThrowIfCancellationRequested();
        IReadOnlyList<MixedImages> parts = _batches.Take(batch, next, step, cancellation);
        double features = Lap(ref start), forward = 0, backward = 0, loss = 0, correct = 0;
        _ = manual_seed(new Philox(_seed, RandomStream.Torch, step + 1).NextUInt32());
        foreach (MixedImages part in parts)
        {
            using DisposeScope inner = NewDisposeScope();
            double share = (double)part.Labels.Own.Count / batch.Labels.Count;
            Tensor logits = _network.call(ImageBatch.OnChannels(part.Images));
            Tensor mean = part.Labels.Loss(logits);
            double value = mean.item<float>();
            forward += Lap(ref start);
            if (!double.IsFinite(value))
            {
                throw new TrainingDivergedException($"the loss is {value}");
            }

            // Gradients of the parts add up to those of the batch's mean.
            (parts.Count == 1 ? mean : mean * share).backward();
            loss += value * share;
            correct += part.Labels.Correct(logits);
            backward += Lap(ref start);
        }

        if (MaxGradientNorm is double most)
        {
            nn.utils.clip_grad_norm_(_network.parameters(), most);
        }

        backward += Lap(ref start);
        _optimiser.Step();
        StepTimings timings = new(features, forward, backward, Lap(ref start));
        Measured(timings);
        return new StepResult(loss, correct, timings);
    }

    /// <summary>Waits for the images that were begun.</summary>
    public void Dispose() => _batches.Dispose();

    private static void Measured(StepTimings timings)
    {
        Telemetry.Steps.Add(1);
        foreach ((string part, double seconds) in (ReadOnlySpan<(string, double)>)
            [("features", timings.Features), ("forward", timings.Forward), ("backward", timings.Backward), ("optimiser", timings.Optimiser)])
        {
            Telemetry.StepTime.Record(seconds, new KeyValuePair<string, object?>("part", part));
        }
    }

    private static double Lap(ref long start)
    {
        long now = Stopwatch.GetTimestamp();
        double seconds = Stopwatch.GetElapsedTime(start, now).TotalSeconds;
        start = now;
        return seconds;
    }
}
