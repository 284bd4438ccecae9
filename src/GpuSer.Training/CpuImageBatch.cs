using GpuSer.Audio;
using GpuSer.Training.Augmentation;
using static TorchSharp.torch;

namespace GpuSer.Training;

/// <summary>Images made on the CPU, in CPU tensors.</summary>
internal sealed class CpuImageBatch : ImageBatch
{
    private readonly FeatureExtractor _features;
    private readonly ImageRing _ring = new(null);
    private float[] _padded = [];

    public CpuImageBatch(FeatureOptions features, int threads)
    {
        _features = new FeatureExtractor(features, threads);
    }

    public override Tensor Fill(IReadOnlyList<ReadOnlyMemory<float>> signals, CancellationToken cancellation = default)
    {
        int samples = BatchPadding.PaddedLength(signals.Max(signal => signal.Length)), batch = signals.Count;
        int values = checked(batch * samples);
        if (_padded.Length < values)
        {
            _padded = new float[values];
        }

        for (int i = 0; i < batch; i++)
        {
            BatchPadding.ReflectPad(signals[i].Span, _padded.AsSpan(i * samples, samples));
        }

        Tensor images = _ring.Next(batch, FeatureExtractor.Frames(samples));
        _features.ComputeImages(_padded.AsSpan(0, values), batch, samples, TensorMemory.Floats(images), cancellation);
        return images;
    }

    public override void Mix(Tensor images, CutMix mix) => mix.Apply(images);

    private protected override void Free()
    {
        _ring.Dispose();
        _features.Dispose();
    }
}
