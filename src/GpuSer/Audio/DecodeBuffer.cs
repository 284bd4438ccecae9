using GpuSer.Audio.Decoding;

namespace GpuSer.Audio;

/// <summary>
/// Memory to decode one recording after another into: it grows to the longest, so that samples of most are decoded without allocating
/// any. For one thread at a time.
/// </summary>
/// <param name="decoders">Who decodes; null for the processes that all share.</param>
internal sealed class DecodeBuffer(DecoderPool? decoders = null)
{
    private float[] _block = [];
    private float[] _decoded = [];
    private float[] _resampled = [];

    /// <summary>Who decodes.</summary>
    public DecoderPool Decoders { get; } = decoders ?? DecoderPool.Shared;

    /// <summary>Room for a piece of interleaved channels; what was there is lost when it grows.</summary>
    public Span<float> Block(int length) => AtLeast(ref _block, length);

    /// <summary>Room for the decoded samples; the first <paramref name="kept"/> stay when it grows.</summary>
    public Span<float> Decoded(int length, int kept)
    {
        if (_decoded.Length < length)
        {
            float[] larger = GC.AllocateUninitializedArray<float>(length);
            _decoded.AsSpan(0, kept).CopyTo(larger);
            _decoded = larger;
        }

        return _decoded;
    }

    /// <summary>Room for the resampled samples; what was there is lost when it grows.</summary>
    public Span<float> Resampled(int length) => AtLeast(ref _resampled, length);

    private static Span<float> AtLeast(ref float[] array, int length)
    {
        if (array.Length < length)
        {
            array = GC.AllocateUninitializedArray<float>(length);
        }

        return array.AsSpan(0, length);
    }
}
