using GpuSer.Training.Augmentation;
using GpuSer.Training.Data;
using GpuSer.Training.Randomness;
using static TorchSharp.torch;

namespace GpuSer.Training;

/// <summary>
/// Batches whose utterances keep their own lengths, as the test sees them: only one shorter than VGG's 32 frames is padded to that. Images of
/// different lengths make no tensor, so the network sees one at a time: the loss of a batch is the mean of its utterances' losses, its gradients are
/// the mean of theirs, added up one by one before Adam's one step, and batch normalisation takes its statistics from one utterance at a time.
/// CutMix goes between images of different lengths by <see cref="UnpaddedCutMix"/>.
/// </summary>
internal sealed class UnpaddedBatches(ImageBatch images, double cutMixAlpha, ulong seed) : IMixedBatches
{
    private readonly ImagesAhead _ahead = new(images);
    private (TrainingBatch? Batch, SignalBatch[] Each) _next = (null, []);

    public IReadOnlyList<MixedImages> Take(TrainingBatch batch, TrainingBatch? next, uint step, CancellationToken cancellation)
    {
        SignalBatch[] each = ReferenceEquals(_next.Batch, batch) ? _next.Each : Each(batch);
        _next = next is null ? (null, []) : (next, Each(next));
        Tensor[] whole = new Tensor[each.Length];
        for (int i = 0; i < whole.Length; i++)
        {
            Tensor taken = _ahead.Take(each[i], cancellation);
            SignalBatch? after = i + 1 < each.Length ? each[i + 1] : _next.Each.FirstOrDefault();
            if (after is not null)
            {
                _ahead.Begin(after, cancellation);
            }

            // The ring's tensor is soon another's; a partner's box is needed until the batch ends.
            whole[i] = taken.clone();
        }

        UnpaddedCutMix mix = cutMixAlpha == 0
            ? UnpaddedCutMix.None(whole.Length)
            : UnpaddedCutMix.Draw(new Philox(seed, RandomStream.CutMix, step), cutMixAlpha, [.. whole.Select(image => (int)image.shape[1])], FeatureExtractor.Rows);
        return [.. whole.Select((_, i) => new MixedImages(
            mix.Mixed(whole, i), new MixedLabels([batch.Labels[i]], [batch.Labels[mix.Partner[i]]], mix.Lambdas[i])))];
    }

    public void Dispose() => _ahead.Dispose();

    private static SignalBatch[] Each(TrainingBatch batch) =>
    [
        .. batch.Signals.Select((signal, i) => new SignalBatch([signal])
        {
            Augmentation = batch.Augmentation is { } draws ? draws with { Signals = [draws.Signals[i]] } : null,
        }),
    ];
}
