using GpuSer.Audio;
using GpuSer.Audio.Decoding;
using GpuSer.Fuzz.Seeds;

namespace GpuSer.Fuzz.Targets;

/// <summary>Recordings, decoded as a batch decodes them.</summary>
internal static class AudioTargets
{
    public static IEnumerable<FuzzTarget> All(string folder) => [Samples(DecoderPool.Shared), Headers()];

    /// <summary>Whole recordings.</summary>
    /// <param name="pool">Who decodes them.</param>
    public static FuzzTarget Samples(DecoderPool pool)
    {
        DecodeBuffer buffer = new(pool);
        return new FuzzTarget("audio", ".wav", AudioSeeds.All(), InTime(path =>
        {
            // Kept from file to file as a batch keeps it, but not what one long recording made of it.
            Span<float> samples = AudioFile.ReadMono(path, FeatureOptions.SampleRate, buffer, default);
            buffer = samples.Length < 1 << 20 ? buffer : new DecodeBuffer(pool);
        }))
        {
            Share = 4,
            Limits = new FuzzLimits { BytesPerByte = 1024, Bytes = 16 << 20 },
            OtherSeconds = () => Seconds(pool),
        };
    }

    /// <summary>
    /// A decoder that does not come to an end with a file is stopped, and the file is refused: right in the product, but such a loop is what is sought here,
    /// and a process that is gone can no longer be asked for its time. So it is told as no refusal.
    /// </summary>
    public static Action<string> InTime(Action<string> read) => path =>
    {
        try
        {
            read(path);
        }
        catch (AudioException error) when (DecoderEnd.IsOverdue(error.Problem))
        {
            throw new TimeoutException(error.Message, error);
        }
    };

    private static FuzzTarget Headers() =>
        new("audio-header", ".wav", AudioSeeds.All(), InTime(path => AudioFile.ReadInfo(path))) { OtherSeconds = () => Seconds(DecoderPool.Shared) };

    private static double Seconds(DecoderPool pool) => pool.Numbers.Sum(ProcessUse.OfProcess);
}
