using GpuSer.Audio;
using GpuSer.Training.Randomness;

namespace GpuSer.Training.Data;

/// <summary>The utterances of one training step.</summary>
/// <param name="Signals">Voiced samples, cropped.</param>
/// <param name="Labels">Their labels.</param>
internal sealed record TrainingBatch(IReadOnlyList<ReadOnlyMemory<float>> Signals, IReadOnlyList<long> Labels) : SignalBatch(Signals);

/// <summary>Shuffles the training utterances into batches, anew in each epoch; what an epoch is depends on the seed and its number alone.</summary>
internal sealed class BatchOrder
{
    private readonly IReadOnlyList<VoicedUtterance> _utterances;
    private readonly int _batch, _longest;
    private readonly ulong _seed;
    private readonly AugmentationOptions? _augmentation;

    /// <summary>Takes the utterances to train on.</summary>
    public BatchOrder(IReadOnlyList<VoicedUtterance> utterances, TrainOptions options)
    {
        (_utterances, _batch, _longest) = (utterances, options.Batch, options.LongestCrop());
        (_seed, _augmentation) = ((ulong)options.Seed, options.Augmentation);
    }

    /// <summary>The batches of an epoch: each utterance once; the last batch may be smaller.</summary>
    public IReadOnlyList<TrainingBatch> Epoch(uint epoch)
    {
        int[] order = new Philox(_seed, RandomStream.Order, epoch).NextPermutation(_utterances.Count);
        Philox crop = new(_seed, RandomStream.Crop, epoch);
        return [.. order.Chunk(_batch).Select(chunk => Augment(epoch, chunk, new TrainingBatch(
            [.. chunk.Select(i => Crop(_utterances[i].Samples, crop))], [.. chunk.Select(i => (long)_utterances[i].Utterance.Label)])))];
    }

    // Drawn by epoch and utterance, so that neither order nor batch size changes what is done to a recording.
    private TrainingBatch Augment(uint epoch, int[] utterances, TrainingBatch batch) => _augmentation is not { } options
        ? batch
        : batch with
        {
            Augmentation = new BatchAugmentation(
                [.. batch.Signals.Zip(utterances, (signal, i) => options.Draw(_seed, epoch, (uint)i, signal.Length))], _seed, epoch),
        };

    private ReadOnlyMemory<float> Crop(float[] samples, Philox random) => samples.Length <= _longest
        ? samples
        : samples.AsMemory(random.NextInt(samples.Length - _longest + 1), _longest);
}
