using GpuSer.Audio;
using GpuSer.Training.Augmentation;
using static TorchSharp.torch;

namespace GpuSer.Training;

/// <summary>Images made on the CPU, in CPU tensors.</summary>
internal sealed class CpuImageBatch : ImageBatch
{
    private readonly FeatureExtractor _features;
    private readonly ImageRing _ring = new(null);
    private float[] _padded = [], _augmented = [];

    public CpuImageBatch(FeatureOptions features, int threads, string? cache)
    {
        _features = new FeatureExtractor(features, threads, cache is null ? null : new ImageCache(cache, features));
    }

    public override void Begin(SignalBatch batch, CancellationToken cancellation = default)
    {
        int samples = batch.PaddedLength, count = batch.Signals.Count;
        Span<float> padded = AtLeast(ref _padded, checked(count * samples));
        for (int i = 0; i < count; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            BatchPadding.ReflectPad(Augmented(batch, i), padded.Slice(i * samples, samples));
        }

        _ring.Begin(count, FeatureExtractor.Frames(samples));
        if (count == 1 && batch.Whole)
        {
            _features.ComputeImage(padded, _ring.BegunImages);
            return;
        }

        _features.ComputeImages(padded, count, samples, _ring.BegunImages, cancellation);
    }

    public override Tensor Take() => _ring.Take();

    public override void Mix(Tensor images, CutMix mix) => mix.Apply(images);

    private protected override void Free()
    {
        _ring.Dispose();
        _features.Dispose();
    }

    private static Span<float> AtLeast(ref float[] buffer, int count)
    {
        if (buffer.Length < count)
        {
            buffer = new float[count];
        }

        return buffer.AsSpan(0, count);
    }

    private ReadOnlySpan<float> Augmented(SignalBatch batch, int i)
    {
        ReadOnlySpan<float> signal = batch.Signals[i].Span;
        if (batch.Augmentation is not { } draws)
        {
            return signal;
        }

        Span<float> augmented = AtLeast(ref _augmented, draws.Signals[i].Length);
        draws.Signals[i].Apply(signal, draws.Seed, draws.Index, augmented);
        return augmented;
    }
}
