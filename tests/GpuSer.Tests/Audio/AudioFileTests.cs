using GpuSer.Audio;
using GpuSer.IO;
using GpuSer.Reference;
using GpuSer.Tests.Features;

namespace GpuSer.Tests.Audio;

public sealed class AudioFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("gpuser-audio-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [SkippableTheory]
    [InlineData(8000)]
    [InlineData(16000)]
    [InlineData(44100)]
    [InlineData(48000)]
    public void Resampling_gives_the_golden_samples(int rate)
    {
        Skip.IfNot(Golden.Present, "golden files are absent");
        string path = At("in.wav");
        EncodedFile.Write(path, EncodedFile.WavFloat, rate, 1, Golden.Load("resample", $"in_{rate}").Data);
        float[] golden = Golden.Load("resample", $"out_{rate}_to_22050").Data, actual = AudioFile.ReadMono(path);
        Assert.Equal(golden.Length, actual.Length);
        Assert.True(Difference.Between(actual, golden).Largest <= 1e-6);
    }

    [Theory]
    [InlineData("a.wav", EncodedFile.Wav16, 1e-4)]
    [InlineData("a.flac", EncodedFile.Flac16, 1e-4)]
    [InlineData("a.ogg", EncodedFile.OggVorbis, 0.05)]
    [InlineData("a.mp3", EncodedFile.Mp3, 0.05)]
    public void Every_format_is_decoded(string name, int format, double limit)
    {
        Assert.True(AudioFile.IsAudioPath(name));
        float[] tone = Signals.Tones(22050, 440);
        EncodedFile.Write(At(name), format, 22050, 1, tone);
        float[] read = AudioFile.ReadMono(At(name));

        // Lossy coders add some silence before and after: what counts is that the tone is there, at its strength.
        Assert.InRange(read.Length, tone.Length, tone.Length + 4000);
        double energy = read.Sum(value => (double)value * value) / tone.Sum(value => (double)value * value);
        Assert.Equal(1, energy, limit);
    }

    [Fact]
    public void Channels_are_averaged()
    {
        EncodedFile.Write(At("stereo.wav"), EncodedFile.WavFloat, 22050, 2, [0.5f, -0.5f, 0.25f, 0.75f, 1, 0]);
        Assert.Equal([0, 0.5f, 0.5f], AudioFile.ReadMono(At("stereo.wav")));
    }

    [Theory]
    [InlineData(22050, 1)]
    [InlineData(11025, 3)]
    [InlineData(48000, 1)]
    [InlineData(48000, 1001)]
    public void Resampled_length_is_rounded_up(int rate, int samples)
    {
        EncodedFile.Write(At("a.wav"), EncodedFile.WavFloat, rate, 1, new float[samples]);
        Assert.Equal((int)Math.Ceiling(samples * 22050.0 / rate), AudioFile.ReadMono(At("a.wav")).Length);
    }

    [Fact]
    public void An_array_is_a_signal_of_22050_Hz()
    {
        NpyFile.Write(At("a.npy"), [0.5f, -0.25f], 2);
        Assert.Equal([0.5f, -0.25f], AudioFile.ReadMono(At("a.npy")));
        NpyFile.Write(At("b.npy"), [1, 2, 3, 4], 2, 2);
        AssertRefused(At("b.npy"), "2 dimensions");
    }

    [Fact]
    public void Bad_files_are_named_with_the_way_out()
    {
        AssertRefused(At("missing.wav"), "no such file");

        File.WriteAllBytes(At("empty.wav"), []);
        AssertRefused(At("empty.wav"), "is empty");

        File.WriteAllText(At("text.wav"), "It was a dark and stormy night; the rain fell in torrents.\n");
        AssertRefused(At("text.wav"), "not audio");

        EncodedFile.Write(At("none.wav"), EncodedFile.Wav16, 22050, 1, []);
        AssertRefused(At("none.wav"), "no samples");

        EncodedFile.Write(At("nan.wav"), EncodedFile.WavFloat, 22050, 1, [0, float.NaN, 0]);
        AssertRefused(At("nan.wav"), "sample 1 is NaN");

        NpyFile.Write(At("inf.npy"), [0, 1, float.PositiveInfinity], 3);
        AssertRefused(At("inf.npy"), "sample 2");

        EncodedFile.Write(At("silent.wav"), EncodedFile.Wav16, 22050, 1, new float[3000]);
        float[] silent = AudioFile.ReadMono(At("silent.wav"));
        Assert.Contains("silent", Assert.Throws<AudioException>(() => VoicedSamples.SelectOrThrow(At("silent.wav"), silent)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("cut.wav", EncodedFile.Wav16)]
    [InlineData("cut.flac", EncodedFile.Flac16)]
    public void A_file_cut_short_is_refused(string name, int format)
    {
        EncodedFile.Write(At(name), format, 22050, 1, Signals.Voice(22050));
        byte[] bytes = File.ReadAllBytes(At(name));
        File.WriteAllBytes(At(name), bytes[..(bytes.Length * 6 / 10)]);
        InvalidFileException error = Assert.ThrowsAny<InvalidFileException>(() => AudioFile.ReadMono(At(name)));
        Assert.StartsWith(At(name), error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Random_damage_never_gives_anything_but_the_typed_error()
    {
        EncodedFile.Write(At("good.wav"), EncodedFile.Wav16, 22050, 1, Signals.Voice(2000));
        EncodedFile.Write(At("good.flac"), EncodedFile.Flac16, 22050, 1, Signals.Voice(2000));
        Random random = new(7);
        foreach (string name in new[] { "good.wav", "good.flac" })
        {
            byte[] good = File.ReadAllBytes(At(name));
            for (int trial = 0; trial < 60; trial++)
            {
                byte[] bad = [.. good];
                for (int i = 0; i < 4; i++)
                {
                    bad[random.Next(trial % 2 == 0 ? 64 : bad.Length)] = (byte)random.Next(256);
                }

                string path = At($"bad{trial}{Path.GetExtension(name)}");
                File.WriteAllBytes(path, bad);
                try
                {
                    Assert.All(AudioFile.ReadMono(path), value => Assert.True(float.IsFinite(value)));
                }
                catch (InvalidFileException error)
                {
                    Assert.StartsWith(path, error.Message, StringComparison.Ordinal);
                }
            }
        }
    }

    [Fact]
    public void Decoding_can_be_cancelled()
    {
        EncodedFile.Write(At("a.wav"), EncodedFile.Wav16, 22050, 1, Signals.Voice(2000));
        Assert.Throws<OperationCanceledException>(() => AudioFile.ReadMono(At("a.wav"), ct: new CancellationToken(canceled: true)));
    }

    private string At(string name) => Path.Combine(_folder, name);

    private static void AssertRefused(string path, string problem)
    {
        InvalidFileException error = Assert.ThrowsAny<InvalidFileException>(() => AudioFile.ReadMono(path));
        Assert.StartsWith(path, error.Message, StringComparison.Ordinal);
        Assert.Contains(problem, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }
}
