using GpuSer.Training.Augmentation;
using GpuSer.Training.Data;
using GpuSer.Training.Randomness;
using static TorchSharp.torch;

namespace GpuSer.Training;

/// <summary>Images of one length, which go through the network together, as CutMix left them.</summary>
/// <param name="Images">[shape = (count, frames, 230)]</param>
/// <param name="Labels">Their labels.</param>
internal sealed record MixedImages(Tensor Images, MixedLabels Labels);

/// <summary>Makes the images of training batches, mixes them, and parts them into what can go through the network together.</summary>
internal interface IMixedBatches : IDisposable
{
    /// <summary>The images of a batch, and the beginning of the next batch's.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="next">The batch of the next call; null where there is none.</param>
    /// <param name="step">Number of the step, which CutMix is drawn by.</param>
    /// <param name="cancellation">Stops the work.</param>
    /// <returns>All images of the batch in their order, in one part or more; valid until the next call.</returns>
    IReadOnlyList<MixedImages> Take(TrainingBatch batch, TrainingBatch? next, uint step, CancellationToken cancellation);
}

/// <summary>Batches that are padded to one length: one part each, mixed where its images were made.</summary>
internal sealed class PaddedBatches(ImageBatch images, double cutMixAlpha, ulong seed) : IMixedBatches
{
    private readonly ImagesAhead _ahead = new(images);

    public IReadOnlyList<MixedImages> Take(TrainingBatch batch, TrainingBatch? next, uint step, CancellationToken cancellation)
    {
        Tensor taken = _ahead.Take(batch, cancellation);
        CutMix mix = Draw(step, taken.shape);
        images.Mix(taken, mix);
        if (next is not null)
        {
            _ahead.Begin(next, cancellation);
        }

        return [new MixedImages(taken, new MixedLabels(batch.Labels, [.. mix.Partner.Select(i => batch.Labels[i])], mix.Lambda))];
    }

    public void Dispose() => _ahead.Dispose();

    private CutMix Draw(uint step, long[] shape)
    {
        int batch = (int)shape[0], frames = (int)shape[1], rows = (int)shape[2];
        return cutMixAlpha == 0
            ? new CutMix(default, [.. Enumerable.Range(0, batch)], 1)
            : CutMix.Draw(new Philox(seed, RandomStream.CutMix, step), cutMixAlpha, batch, frames, rows);
    }
}
