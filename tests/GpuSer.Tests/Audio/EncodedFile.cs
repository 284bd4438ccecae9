using System.Runtime.InteropServices;
using GpuSer.Audio;

namespace GpuSer.Tests.Audio;

/// <summary>Writes recordings for tests through libsndfile.</summary>
internal static partial class EncodedFile
{
    public const int Wav16 = 0x010002, WavFloat = 0x010006, Flac16 = 0x170002, OggVorbis = 0x200060, Mp3 = 0x230082;
    private const int WriteMode = 0x20;

    public static void Write(string path, int format, int rate, int channels, ReadOnlySpan<float> interleaved)
    {
        SndFileInfo info = new() { SampleRate = rate, Channels = channels, Format = format };
        using SndFileHandle file = SndFile.Open(path, WriteMode, ref info);
        Assert.False(file.IsInvalid, SndFile.Message(null));
        Assert.Equal(interleaved.Length / channels, WriteFrames(file, interleaved, interleaved.Length / channels));
    }

    [LibraryImport("libsndfile.so.1", EntryPoint = "sf_writef_float")]
    private static partial long WriteFrames(SndFileHandle file, ReadOnlySpan<float> interleaved, long frames);
}
