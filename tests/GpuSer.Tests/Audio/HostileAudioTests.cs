using System.Runtime.InteropServices;
using GpuSer.Audio;
using GpuSer.IO;
using GpuSer.Tests.Features;

namespace GpuSer.Tests.Audio;

/// <summary>Recordings that are cut at every place, lie in every field, or have names made to confuse.</summary>
public sealed class HostileAudioTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("gpuser-hostile-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(1, 16)]
    [InlineData(3, 32)]
    public void Every_truncation_is_refused_up_to_the_last_sample(ushort format, ushort bits)
    {
        byte[] tail = [.. "LIST"u8, 6, 0, 0, 0, .. "INFOab"u8], whole = new WaveBytes { Format = format, Bits = bits, Data = Samples(bits, 24), Tail = tail }.Bytes();
        float[] samples = Read(whole);
        Assert.Equal(24, samples.Length);
        for (int length = 0; length < whole.Length; length++)
        {
            byte[] cut = whole[..length];
            if (length < whole.Length - tail.Length)
            {
                InvalidFileException error = Assert.ThrowsAny<InvalidFileException>(() => Read(cut));
                Assert.StartsWith(At("a.wav") + ": ", error.Message, StringComparison.Ordinal);
            }
            else
            {
                Assert.Equal(samples, Read(cut)); // all samples are there, and nothing else is asked for
            }
        }
    }

    [Fact]
    public void Headers_that_lie_are_refused()
    {
        WaveBytes good = new();
        Assert.Equal(100, Read(good.Bytes()).Length);
        foreach ((WaveBytes lie, string what) in ((WaveBytes, string)[])
        [
            (good with { Rate = 0 }, "0 Hz"), (good with { Rate = 1 }, "1 Hz"), (good with { Rate = 999 }, "999 Hz"), (good with { Rate = 1_000_001 }, "1,000,001 Hz"),
            (good with { Rate = int.MaxValue }, "2^31 - 1 Hz"), (good with { Rate = uint.MaxValue }, "2^32 - 1 Hz"),
            (good with { Channels = 0 }, "no channel"), (good with { Channels = 1025, BlockAlign = 2050 }, "1,025 channels"), (good with { Channels = ushort.MaxValue, BlockAlign = 2 }, "65,535 channels"),
            (good with { Bits = 0, BlockAlign = 2 }, "no bits"), (good with { Bits = 64 }, "64 bits"), (good with { Bits = 65, BlockAlign = 2 }, "65 bits"), (good with { Bits = ushort.MaxValue, BlockAlign = 2 }, "65,535 bits"),
            (good with { Format = 0 }, "format 0"), (good with { Format = ushort.MaxValue }, "format 65,535"), (good with { Format = 3 }, "16-bit floats"),
            (good with { FormatSize = 0 }, "a format of no bytes"), (good with { FormatSize = uint.MaxValue }, "a format of 2^32 - 1 bytes"),
            (good with { DataSize = 201 }, "a byte too many"), (good with { DataSize = 1 << 30 }, "1 GiB of data"), (good with { DataSize = 0 }, "no data"),
        ])
        {
            InvalidFileException? error = null;
            try
            {
                Read(lie.Bytes());
            }
            catch (InvalidFileException thrown)
            {
                error = thrown;
            }

            Assert.True(error is not null, $"{what}: was read");
            Assert.StartsWith(At("a.wav") + ": ", error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Sizes_that_a_writer_could_not_know_mean_up_to_the_end()
    {
        WaveBytes good = new();
        foreach (WaveBytes streamed in (WaveBytes[])[good with { DataSize = uint.MaxValue }, good with { RiffSize = uint.MaxValue, DataSize = uint.MaxValue }, good with { RiffSize = 0 }, good with { RiffSize = uint.MaxValue }])
        {
            Assert.Equal(100, Read(streamed.Bytes()).Length);
        }

        Assert.Equal(10, Read((good with { DataSize = 20 }).Bytes()).Length);
        // A byte rate and a block that do not fit are passed over by libsndfile, which goes by the sample's bits.
        Assert.InRange(Read((good with { BlockAlign = 0 }).Bytes()).Length, 1, 200);
    }

    [Fact]
    public void Lying_headers_take_no_memory_for_what_they_promise()
    {
        foreach (WaveBytes lie in (WaveBytes[])[new() { DataSize = uint.MaxValue, Rate = 1_000_000 }, new() { Channels = 1024, BlockAlign = 2048, Data = new byte[2048 * 20] }, new() { Rate = 1, DataSize = uint.MaxValue }])
        {
            File.WriteAllBytes(At("a.wav"), lie.Bytes());
            long before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                AudioFile.ReadMono(At("a.wav"));
            }
            catch (InvalidFileException)
            {
                // Refused or not: what counts is the memory.
            }

            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
        }
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(float.NegativeInfinity)]
    public void Samples_that_are_no_numbers_are_refused(float value)
    {
        Assert.Contains("sample 3 is", Assert.Throws<AudioException>(() => Read(Floats(0, 0.5f, 0.25f, value, 0))).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1e-42f)] // a denormal
    [InlineData(float.Epsilon)]
    [InlineData(1e-30f)]
    [InlineData(0f)]
    [InlineData(1f)]
    [InlineData(32768f)] // 16-bit values kept as floats
    [InlineData(1e9f)]
    public void Images_are_finite_however_small_or_large_the_samples(float scale)
    {
        float[] signal = Signals.Voice(9000);
        for (int i = 0; i < signal.Length; i++)
        {
            signal[i] *= scale;
        }

        File.WriteAllBytes(At("a.wav"), Floats(signal));
        using FeatureExtractor extractor = new(threads: 1);
        float[] samples = AudioFile.ReadMono(At("a.wav")), image = new float[FeatureExtractor.Frames(samples.Length) * FeatureExtractor.Rows];
        extractor.ComputeImage(samples, image);
        Assert.All(image, value => Assert.True(float.IsFinite(value)));
    }

    [Theory]
    [InlineData(1e20f)]
    [InlineData(3e38f)]
    public void Samples_beyond_any_recording_are_refused(float value)
    {
        Assert.Contains("sample 2 is", Assert.Throws<AudioException>(() => Read(Floats(0, 0.5f, value, 0.25f))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void One_sample_makes_an_image_and_silence_an_error()
    {
        float[] one = Read(Floats(0.5f)), image = new float[FeatureExtractor.Rows];
        using FeatureExtractor extractor = new(threads: 1);
        extractor.ComputeImage(one, image);
        Assert.All(image, value => Assert.True(float.IsFinite(value)));
        Assert.Throws<AudioException>(() => VoicedSamples.SelectOrThrow("a.wav", Read(Floats(0))));
    }

    [Theory]
    [InlineData("two words.wav")]
    [InlineData("it's \"quoted\".wav")]
    [InlineData("\u00e4\u6f22\u5b57 \ud83d\ude00.wav")]
    [InlineData("line\nbreak.wav")]
    [InlineData("\u001b[31mred.wav")]
    [InlineData("-rf.wav")]
    [InlineData("--out=x.wav")]
    [InlineData("$(reboot) `id` ; rm -rf ~ | cat > y & %s%n.wav")]
    [InlineData("...wav")]
    [InlineData("..wav")]
    [InlineData(" .wav")]
    [InlineData("back\\slash.wav")]
    [InlineData(LongName)]
    public void A_name_is_a_name_whatever_is_in_it(string name)
    {
        File.WriteAllBytes(At(name), new WaveBytes().Bytes());
        Assert.Equal(100, AudioFile.ReadMono(At(name)).Length);
        Assert.Equal(new AudioInfo(22050, 1, 100), AudioFile.ReadInfo(At(name)));
        Assert.Equal(100, AudioFile.ReadMono(Path.Combine(_folder, "x", "..", name)).Length);

        File.WriteAllText(At(name), "no recording");
        InvalidFileException error = Assert.ThrowsAny<InvalidFileException>(() => AudioFile.ReadMono(At(name)));
        Assert.DoesNotContain(error.Message, char.IsControl);
        Assert.Equal(At(name), error.Path);
    }

    [Theory]
    [InlineData("")]
    [InlineData("a\0b.wav")]
    public void What_is_no_name_is_told(string name)
    {
        InvalidFileException error = Assert.ThrowsAny<InvalidFileException>(() => AudioFile.ReadMono(name));
        Assert.Contains("no name of a file", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(error.Message, char.IsControl);
        Assert.ThrowsAny<InvalidFileException>(() => AudioFile.ReadInfo(name));
    }

    [Fact]
    public void A_name_longer_than_any_file_has_and_what_is_no_file_are_told()
    {
        foreach (string path in (string[])[At(new string('x', 5000) + ".wav"), _folder, "/dev/null", "/dev/zero", "/proc/self/mem"])
        {
            InvalidFileException error = Assert.ThrowsAny<InvalidFileException>(() => AudioFile.ReadMono(path));
            Assert.InRange(error.Message.Length, 10, 2100);
        }
    }

    private const string LongName =
        "0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789"
        + "0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890.wav";

    private static byte[] Samples(ushort bits, int count) =>
        bits == 16 ? MemoryMarshal.AsBytes<short>([.. Enumerable.Range(1, count).Select(i => (short)(i * 100))]).ToArray()
        : MemoryMarshal.AsBytes<float>([.. Enumerable.Range(1, count).Select(i => i * 0.01f)]).ToArray();

    private static byte[] Floats(params float[] values) => new WaveBytes { Format = 3, Bits = 32, Data = MemoryMarshal.AsBytes(values.AsSpan()).ToArray() }.Bytes();

    private float[] Read(byte[] file)
    {
        File.WriteAllBytes(At("a.wav"), file);
        return AudioFile.ReadMono(At("a.wav"));
    }

    private string At(string name) => Path.Combine(_folder, name);
}
