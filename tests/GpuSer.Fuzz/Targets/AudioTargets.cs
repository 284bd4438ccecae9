using GpuSer.Audio;
using GpuSer.Audio.Decoding;
using GpuSer.Fuzz.Seeds;

namespace GpuSer.Fuzz.Targets;

/// <summary>Recordings, decoded as a batch decodes them.</summary>
internal static class AudioTargets
{
    public static IEnumerable<FuzzTarget> All(string folder)
    {
        DecodeBuffer buffer = new();
        yield return new FuzzTarget("audio", ".wav", AudioSeeds.All(), path =>
        {
            // Kept from file to file as a batch keeps it, but not what one long recording made of it.
            Span<float> samples = AudioFile.ReadMono(path, FeatureOptions.SampleRate, buffer, default);
            buffer = samples.Length < 1 << 20 ? buffer : new DecodeBuffer();
        })
        {
            Share = 4,
            Limits = new FuzzLimits { BytesPerByte = 1024, Bytes = 16 << 20 },
            OtherSeconds = Seconds,
        };
        yield return new FuzzTarget("audio-header", ".wav", AudioSeeds.All(), path => AudioFile.ReadInfo(path)) { OtherSeconds = Seconds };
    }

    private static double Seconds() => DecoderPool.Shared.Numbers.Sum(ProcessUse.OfProcess);
}
