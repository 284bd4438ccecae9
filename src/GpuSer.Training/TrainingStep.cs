using System.Diagnostics;
using GpuSer.Training.Augmentation;
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
public sealed class TrainingStep : IDisposable
{
    private readonly Vgg _network;
    private readonly IOptimiser _optimiser;
    private readonly ImageBatch _images;
    private readonly ImagesAhead _ahead;
    private readonly double _cutMixAlpha;
    private readonly ulong _seed;

    /// <summary>Joins the parts, which stay the caller's.</summary>
    /// <param name="network">The network.</param>
    /// <param name="optimiser">The optimiser of its parameters.</param>
    /// <param name="images">Where images are made.</param>
    /// <param name="cutMixAlpha">Parameter of CutMix's Beta distribution; 0 for no CutMix.</param>
    /// <param name="seed">Seed of CutMix and dropout.</param>
    public TrainingStep(Vgg network, IOptimiser optimiser, ImageBatch images, double cutMixAlpha, ulong seed)
    {
        (_network, _optimiser, _images, _cutMixAlpha, _seed) = (network, optimiser, images, cutMixAlpha, seed);
        _ahead = new ImagesAhead(images);
    }

    /// <summary>The most that the 2-norm of all gradients may be; larger ones are scaled down to it. Null for no bound.</summary>
    public double? MaxGradientNorm { get; init; }

    /// <summary>Makes the step. What was begun is ended, so that network and optimiser always belong together: cancellation is heeded before.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="next">The batch of the next call, whose images are begun; null where there is none.</param>
    /// <param name="step">Number of the step from the beginning of the training: what is random in it depends on this and the seed alone.</param>
    /// <param name="cancellation">Stops the step before the network is touched.</param>
    /// <exception cref="TrainingDivergedException">The loss is not a number; the parameters are as before.</exception>
    public StepResult Run(TrainingBatch batch, TrainingBatch? next, uint step, CancellationToken cancellation = default)
    {
        using DisposeScope scope = NewDisposeScope();
        long start = Stopwatch.GetTimestamp();
        cancellation.ThrowIfCancellationRequested();
        Tensor images = _ahead.Take(batch, cancellation);
        CutMix mix = DrawMix(step, images.shape);
        _images.Mix(images, mix);
        if (next is not null)
        {
            _ahead.Begin(next, cancellation);
        }

        double features = Lap(ref start);

        _ = manual_seed(new Philox(_seed, RandomStream.Torch, step + 1).NextUInt32());
        Tensor logits = _network.call(ImageBatch.OnChannels(images));
        Tensor loss = mix.Loss(logits, batch.Labels);
        double value = loss.item<float>();
        double forward = Lap(ref start);
        if (!double.IsFinite(value))
        {
            throw new TrainingDivergedException($"the loss is {value}");
        }

        loss.backward();
        if (MaxGradientNorm is double most)
        {
            nn.utils.clip_grad_norm_(_network.parameters(), most);
        }

        double backward = Lap(ref start);
        _optimiser.Step();
        double correct = Correct(logits, batch.Labels, mix);
        return new StepResult(value, correct, new StepTimings(features, forward, backward, Lap(ref start)));
    }

    /// <summary>Waits for the images that were begun.</summary>
    public void Dispose() => _ahead.Dispose();

    private CutMix DrawMix(uint step, long[] shape)
    {
        int batch = (int)shape[0], frames = (int)shape[1], rows = (int)shape[2];
        return _cutMixAlpha == 0
            ? new CutMix(default, [.. Enumerable.Range(0, batch)], 1)
            : CutMix.Draw(new Philox(_seed, RandomStream.CutMix, step), _cutMixAlpha, batch, frames, rows);
    }

    private static double Correct(Tensor logits, IReadOnlyList<long> labels, CutMix mix)
    {
        Span<long> best = TensorMemory.Longs(logits.argmax(1).cpu());
        double correct = 0;
        for (int i = 0; i < labels.Count; i++)
        {
            correct += best[i] == labels[i] ? mix.Lambda : 0;
            correct += best[i] == labels[mix.Partner[i]] ? 1 - mix.Lambda : 0;
        }

        return correct;
    }

    private static double Lap(ref long start)
    {
        long now = Stopwatch.GetTimestamp();
        double seconds = Stopwatch.GetElapsedTime(start, now).TotalSeconds;
        start = now;
        return seconds;
    }
}
