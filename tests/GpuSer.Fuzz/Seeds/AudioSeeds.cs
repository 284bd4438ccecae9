using System.Runtime.InteropServices;
using GpuSer.Audio;

namespace GpuSer.Fuzz.Seeds;

/// <summary>Short recordings in every format that libsndfile writes.</summary>
internal static partial class AudioSeeds
{
    private const int WriteMode = 0x20, Samples = 1200, Rate = 16000;

    // SF_FORMAT_*: the container in the upper bits, the coding in the lower ones.
    private static readonly (string Extension, int Format)[] Formats =
    [
        (".wav", 0x010001), (".wav", 0x010002), (".wav", 0x010003), (".wav", 0x010004), (".wav", 0x010005), (".wav", 0x010006), (".wav", 0x010007),
        (".wav", 0x010010), (".wav", 0x010011), (".wav", 0x010012), (".wav", 0x010013), (".wav", 0x010020), (".wav", 0x010030),
        (".wav", 0x130002), (".flac", 0x170002), (".flac", 0x170003), (".ogg", 0x200060), (".opus", 0x200064), (".mp3", 0x230082),
        (".aiff", 0x020002), (".aiff", 0x020006), (".au", 0x030002), (".au", 0x030010), (".caf", 0x180002), (".caf", 0x180070), (".w64", 0x0B0002), (".rf64", 0x220002),
    ];

    /// <summary>The recordings; formats that this libsndfile cannot write are left out.</summary>
    public static IReadOnlyList<byte[]> All()
    {
        string folder = Directory.CreateTempSubdirectory("gpuser-seeds-").FullName;
        List<byte[]> seeds = [];
        try
        {
            foreach ((string extension, int format) in Formats)
            {
                foreach (int channels in (ReadOnlySpan<int>)[1, 2])
                {
                    string path = Path.Combine(folder, "seed" + extension);
                    if (Write(path, format, channels))
                    {
                        seeds.Add(File.ReadAllBytes(path));
                    }
                }
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        return seeds;
    }

    private static bool Write(string path, int format, int channels)
    {
        float[] samples = new float[Samples * channels];
        for (int i = 0; i < samples.Length; i++)
        {
            samples[i] = (0.4f * MathF.Sin(i * 0.11f)) + (0.1f * MathF.Sin(i * 1.7f));
        }

        SndFileInfo info = new() { SampleRate = Rate, Channels = channels, Format = format };
        using SndFileHandle file = SndFile.Open(path, WriteMode, ref info);
        return !file.IsInvalid && WriteFrames(file, samples, Samples) == Samples;
    }

    [LibraryImport("libsndfile.so.1", EntryPoint = "sf_writef_float")]
    private static partial long WriteFrames(SndFileHandle file, ReadOnlySpan<float> interleaved, long frames);
}
