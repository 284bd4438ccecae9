using GpuSer.Audio;
using static TorchSharp.torch;

namespace GpuSer.Training;

/// <summary>
/// Makes the images of a batch in the memory of a torch tensor: the feature code writes there, the network reads there, and nothing is copied
/// between. Two tensors take turns, so that a batch may be made while the one before is still in use. CPU.
/// </summary>
public sealed class ImageBatch : IDisposable
{
    private const int Channels = 3;

    private readonly FeatureExtractor _features;
    private readonly Tensor?[] _ring = new Tensor?[2];
    private float[] _padded = [];
    private int _turn;

    /// <summary>Works with the given features, which stay the caller's.</summary>
    public ImageBatch(FeatureExtractor features)
    {
        _features = features;
    }

    /// <summary>Pads the signals by reflection to their longest and computes their images.</summary>
    /// <param name="signals">Voiced samples.</param>
    /// <param name="cancellation">Stops the work.</param>
    /// <returns>A view of the ring's next tensor, valid until the second call after this one. [shape = (signals, frames, 230)]</returns>
    public Tensor Fill(IReadOnlyList<ReadOnlyMemory<float>> signals, CancellationToken cancellation = default)
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

        Tensor images = Next(batch, FeatureExtractor.Frames(samples));
        _features.ComputeImages(_padded.AsSpan(0, values), batch, samples, TensorMemory.Floats(images), cancellation);
        return images;
    }

    /// <summary>The images as the network sees them: one buffer on three channels.</summary>
    /// <param name="images">[shape = (batch, frames, rows)]</param>
    /// <returns>A view. [shape = (batch, 3, frames, rows)]</returns>
    public static Tensor OnChannels(Tensor images)
    {
        long[] shape = images.shape;
        return images.unsqueeze(1).expand(shape[0], Channels, shape[1], shape[2]);
    }

    /// <summary>Frees the tensors; views of them stay valid.</summary>
    public void Dispose()
    {
        foreach (Tensor? tensor in _ring)
        {
            tensor?.Dispose();
        }
    }

    private Tensor Next(int batch, int frames)
    {
        long count = (long)batch * frames * FeatureExtractor.Rows;
        _turn ^= 1;
        Tensor? buffer = _ring[_turn];
        if (buffer is null || buffer.numel() < count)
        {
            buffer?.Dispose();
            _ring[_turn] = buffer = empty(count).DetachFromDisposeScope();
        }

        return buffer.narrow(0, 0, count).view(batch, frames, FeatureExtractor.Rows);
    }
}
