using GpuSer.Audio;
using GpuSer.IO;
using GpuSer.Tests.Audio;

namespace GpuSer.Tests.Features;

public sealed class FileBatchTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("gpuser-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Each_file_gets_the_image_of_its_own_samples_and_a_bad_one_its_error(int threads)
    {
        string[] paths = [.. Enumerable.Range(0, 9).Select(i => Signal(i, 3000 + (2500 * (i % 4))))];
        paths[2] = Path.Combine(_folder, "missing.wav");
        File.WriteAllText(paths[5] = Path.Combine(_folder, "text.wav"), "no recording");
        NpyFile.Write(paths[7] = Path.Combine(_folder, "silent.npy"), new float[5000], 5000);

        using FeatureExtractor extractor = new(threads: threads);
        for (int round = 0; round < 2; round++)
        {
            Sink sink = new(paths.Length);
            extractor.ComputeFiles(paths, sink);
            for (int i = 0; i < paths.Length; i++)
            {
                if (i is 2 or 5 or 7)
                {
                    Assert.Contains(paths[i], sink.Errors[i]!.Message, StringComparison.Ordinal);
                    Assert.False(sink.Done[i]);
                    continue;
                }

                float[] samples = VoicedSamples.Select(AudioFile.ReadMono(paths[i]));
                float[] expected = new float[FeatureExtractor.Frames(samples.Length) * FeatureExtractor.Rows];
                extractor.ComputeImage(samples, expected);
                Assert.True(sink.Done[i]);
                Assert.Null(sink.Errors[i]);
                Assert.Equal(expected, sink.Images[i]);
            }
        }
    }

    [Fact]
    public void Silent_parts_stay_on_request()
    {
        string path = Path.Combine(_folder, "half.npy");
        NpyFile.Write(path, [.. Signals.Voice(20000), .. new float[20000]], 40000);
        using FeatureExtractor extractor = new(threads: 1);
        Sink trimmed = new(1), whole = new(1);
        extractor.ComputeFiles([path], trimmed);
        extractor.ComputeFiles([path], whole, keepSilence: true);
        Assert.Equal(FeatureExtractor.Frames(40000) * FeatureExtractor.Rows, whole.Images[0].Length);
        Assert.InRange(trimmed.Images[0].Length / FeatureExtractor.Rows, 40, 45);
    }

    [Fact]
    public void An_error_of_the_sinks_is_the_files_and_a_foreign_one_ends_the_batch()
    {
        string[] paths = [.. Enumerable.Range(0, 6).Select(i => Signal(i, 4000))];
        using FeatureExtractor extractor = new(threads: 2);
        Sink full = new(paths.Length) { OnCompleted = file => { if (file == 3) throw new InvalidFileException("out", "the disk is full"); } };
        extractor.ComputeFiles(paths, full);
        Assert.Equal("out: the disk is full", full.Errors[3]!.Message);
        Assert.Equal(5, full.Done.Count(done => done));

        Sink broken = new(paths.Length) { OnCompleted = _ => throw new NotSupportedException("a fault") };
        Assert.Throws<NotSupportedException>(() => extractor.ComputeFiles(paths, broken));
        Sink again = new(paths.Length);
        extractor.ComputeFiles(paths, again);
        Assert.All(again.Done, done => Assert.True(done));
    }

    [Fact]
    public void A_cancelled_batch_stops_between_files()
    {
        string[] paths = [.. Enumerable.Range(0, 8).Select(i => Signal(i, 4000))];
        using CancellationTokenSource source = new();
        using FeatureExtractor extractor = new(threads: 1);
        Sink sink = new(paths.Length) { OnCompleted = file => { if (file == 2) source.Cancel(); } };
        Assert.Throws<OperationCanceledException>(() => extractor.ComputeFiles(paths, sink, ct: source.Token));
        Assert.Equal([true, true, true, false, false, false, false, false], sink.Done);
    }

    [Fact]
    public void Memory_for_decoding_is_used_again_and_grows()
    {
        DecodeBuffer buffer = new();
        foreach ((int channels, int rate, int samples) in new[] { (1, 22050, 500), (2, 22050, 3000), (1, 44100, 4001), (1, 22050, 100), (2, 8000, 2000) })
        {
            string path = Path.Combine(_folder, "a.wav");
            EncodedFile.Write(path, EncodedFile.WavFloat, rate, channels, Signals.Voice(samples * channels));
            Assert.Equal(AudioFile.ReadMono(path), AudioFile.ReadMono(path, 22050, buffer, default).ToArray());
        }
    }

    private string Signal(int seed, int samples)
    {
        string path = Path.Combine(_folder, $"{seed}.npy");
        NpyFile.Write(path, Signals.Voice(samples, seed), samples);
        return path;
    }

    private sealed class Sink(int files) : IImageSink
    {
        public float[][] Images { get; } = new float[files][];

        public GpuSerException?[] Errors { get; } = new GpuSerException?[files];

        public bool[] Done { get; } = new bool[files];

        public Action<int> OnCompleted { get; init; } = _ => { };

        public Span<float> Begin(int file, int frames)
        {
            Images[file] = new float[frames * FeatureExtractor.Rows];
            Array.Fill(Images[file], float.NaN);
            return Images[file];
        }

        public void Completed(int file)
        {
            OnCompleted(file);
            Assert.All(Images[file], value => Assert.True(float.IsFinite(value)));
            Done[file] = true;
        }

        public void Failed(int file, GpuSerException error) => Errors[file] = error;
    }
}
