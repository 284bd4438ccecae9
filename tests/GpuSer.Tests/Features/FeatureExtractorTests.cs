using GpuSer.Features;
using GpuSer.Features.Tonnetz;
using GpuSer.IO;
using GpuSer.Reference;

namespace GpuSer.Tests.Features;

public class FeatureExtractorTests
{
    private const int Guard = 64;

    [SkippableFact]
    public void Batch_of_golden_signals_gives_the_golden_images()
    {
        Skip.IfNot(Golden.Present, "golden files are absent");
        using FeatureExtractor extractor = new();
        NpyArray golden = Golden.Load("batch4", "images");
        float[][] padded = [.. Enumerable.Range(0, 4).Select(i => Golden.Load("batch4", $"padded{i}").Data)];
        float[] images = new float[golden.Data.Length];
        extractor.ComputeImages(padded.SelectMany(signal => signal).ToArray(), 4, padded[0].Length, images);
        double excess = Tolerances.ImageExcess(images, golden.Data, "batch4");
        Assert.True(excess <= 1, $"{excess:F2} of what is allowed");
    }

    [Fact]
    public void Fewer_signals_than_threads_are_no_matter_which_threads_wake()
    {
        using FeatureExtractor extractor = new(threads: 8);
        ReadOnlyMemory<float>[] signals = [Signals.Voice(3000, 1), Signals.Voice(3000, 2), Signals.Voice(3000, 3)];
        int length = FeatureExtractor.Frames(3000) * FeatureExtractor.Rows;
        float[] expected = new float[3 * length];
        for (int i = 0; i < signals.Length; i++)
        {
            extractor.ComputeImage(signals[i].Span, expected.AsSpan(i * length, length));
        }

        float[] padded = [.. signals.SelectMany(signal => signal.ToArray())];
        for (int round = 0; round < 30; round++)
        {
            int count = 2 + (round % 2);
            float[] images = new float[count * length];
            extractor.ComputeImages(signals[..count], images);
            Assert.Equal(expected[..images.Length], images);
            extractor.ComputeImages(padded.AsSpan(0, count * 3000), count, 3000, images);
            Assert.Equal(expected[..images.Length], images);
        }
    }

    [Fact]
    public void Images_are_the_same_for_any_number_of_threads_and_alone()
    {
        const int Batch = 7, Samples = 12345;
        int length = FeatureExtractor.Frames(Samples) * FeatureExtractor.Rows;
        float[] padded = [.. Enumerable.Range(0, Batch).SelectMany(i => Signals.Voice(Samples, i))];
        float[] alone = new float[Batch * length];
        using (FeatureExtractor extractor = new(threads: 1))
        {
            for (int i = 0; i < Batch; i++)
            {
                extractor.ComputeImage(padded.AsSpan(i * Samples, Samples), alone.AsSpan(i * length, length));
            }
        }

        foreach (int threads in new[] { 1, 2, 5 })
        {
            using FeatureExtractor extractor = new(threads: threads);
            for (int round = 0; round < 2; round++)
            {
                float[] images = new float[Batch * length];
                extractor.ComputeImages(padded, Batch, Samples, images);
                Assert.Equal(alone, images);
            }
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(511)]
    [InlineData(4096)]
    [InlineData(20000)]
    public void Nothing_is_written_beside_the_image(int samples)
    {
        using FeatureExtractor extractor = new(threads: 2);
        int length = FeatureExtractor.Frames(samples) * FeatureExtractor.Rows;
        float[] buffer = new float[Guard + (2 * length) + Guard];
        Array.Fill(buffer, float.NaN);
        float[] padded = [.. Signals.Voice(samples), .. Signals.Voice(samples, 2)];
        extractor.ComputeImages(padded, 2, samples, buffer.AsSpan(Guard, 2 * length));
        Assert.All(buffer[..Guard], value => Assert.True(float.IsNaN(value)));
        Assert.All(buffer[^Guard..], value => Assert.True(float.IsNaN(value)));
        Assert.All(buffer[Guard..^Guard], value => Assert.InRange(value, -1, 1));
    }

    [Fact]
    public void An_earlier_longer_signal_leaves_no_trace()
    {
        using FeatureExtractor used = new(threads: 1), fresh = new(threads: 1);
        used.ComputeStages(Signals.Tones(60000, 3000, 3100, 9000));
        foreach (int samples in new[] { 700, 9999, 20480 })
        {
            float[] signal = Signals.Voice(samples);
            FeatureStages expected = fresh.ComputeStages(signal), actual = used.ComputeStages(signal);
            foreach (FeatureStage stage in expected)
            {
                Assert.Equal(stage.Data, actual[stage.Name].Data);
            }
        }
    }

    [Fact]
    public void Ragged_signals_give_the_images_of_each_alone_for_any_number_of_threads()
    {
        int[] lengths = [12345, 1, 511, 20480, 512, 7000, 30011];
        ReadOnlyMemory<float>[] signals = [.. lengths.Select((length, i) => (ReadOnlyMemory<float>)Signals.Voice(length, i))];
        float[] alone = [.. signals.SelectMany(signal =>
        {
            using FeatureExtractor extractor = new(threads: 1);
            float[] image = new float[FeatureExtractor.Frames(signal.Length) * FeatureExtractor.Rows];
            extractor.ComputeImage(signal.Span, image);
            return image;
        })];
        foreach (int threads in new[] { 1, 2, 5 })
        {
            using FeatureExtractor extractor = new(threads: threads);
            for (int round = 0; round < 2; round++)
            {
                float[] buffer = new float[Guard + alone.Length + Guard];
                Array.Fill(buffer, float.NaN);
                extractor.ComputeImages(signals, buffer.AsSpan(Guard, alone.Length));
                Assert.Equal(alone, buffer[Guard..^Guard]);
                Assert.All([.. buffer[..Guard], .. buffer[^Guard..]], value => Assert.True(float.IsNaN(value)));
            }
        }
    }

    [Fact]
    public void Chunks_of_a_long_signal_fit_together()
    {
        // What depends on a few frames only is the same in a part of the signal, which is cut into other chunks.
        const int First = 300;
        float[] signal = Signals.Voice(512 * 1150);
        using FeatureExtractor extractor = new(threads: 1);
        FeatureStages whole = extractor.ComputeStages(signal), part = extractor.ComputeStages(signal.AsSpan(First * 512));
        foreach (string name in new[] { "stft_abs", "mel_power", "harmonic_abs", "percussive_abs", "hp_mel" })
        {
            (FeatureStage a, FeatureStage b) = (whole[name], part[name]);
            for (int row = 0; row < a.Shape[0]; row++)
            {
                ReadOnlySpan<float> inWhole = a.Data.AsSpan((row * a.Shape[1]) + First + 20, b.Shape[1] - 20);
                ReadOnlySpan<float> inPart = b.Data.AsSpan((row * b.Shape[1]) + 20, b.Shape[1] - 20);
                Assert.True(Difference.Between(inWhole, inPart).Relative < 2e-6, $"{name}, row {row}");
            }
        }

        Assert.True(Difference.Between(whole["harmonic_y"].Data.AsSpan((First + 20) * 512), part["harmonic_y"].Data.AsSpan(20 * 512)).Relative < 2e-6);
    }

    [Fact]
    public void Octaves_of_a_long_signal_fit_together()
    {
        // Frames of the second chunk of octaves, against those of a part of the signal that is one chunk; the whole is quiet before and
        // after, so that its tuning is the part's.
        const int First = ConstantQCpu.ChunkFrames - 300, Frames = 600;
        float[] signal = new float[512 * (ConstantQCpu.ChunkFrames + 900)];
        Signals.Tones(512 * Frames, 261.6, 329.6, 98, 41.2).CopyTo(signal, 512 * First);
        using FeatureExtractor extractor = new(threads: 1);
        FeatureStages whole = extractor.ComputeStages(signal), part = extractor.ComputeStages(signal.AsSpan(512 * (First - 200)));
        Assert.Equal(whole["tuning_y"].Data, part["tuning_y"].Data);
        foreach (string name in new[] { "cqt_abs", "chroma_cqt", "tonnetz" })
        {
            (FeatureStage a, FeatureStage b) = (whole[name], part[name]);
            for (int row = 0; row < a.Shape[0]; row++)
            {
                ReadOnlySpan<float> inWhole = a.Data.AsSpan((row * a.Shape[1]) + First + 2, Frames - 4);
                ReadOnlySpan<float> inPart = b.Data.AsSpan((row * b.Shape[1]) + 202, Frames - 4);
                Assert.True(Difference.Between(inWhole, inPart).Largest < 2e-5, $"{name}, row {row}: {Difference.Between(inWhole, inPart).Largest}");
            }
        }
    }

    [Fact]
    public void Blocks_follow_the_order_asked_for()
    {
        FeatureOptions reversed = new() { Order = [.. FeatureOptions.Default.Order.Reverse()] };
        using FeatureExtractor standard = new(threads: 1), other = new(reversed, threads: 1);
        float[] signal = Signals.Voice(5000);
        FeatureStage rows = standard.ComputeStages(signal)["rows"], moved = other.ComputeStages(signal)["rows"];
        int frames = rows.Shape[1];
        Assert.Equal(rows.Data[(166 * frames)..], moved.Data[..(64 * frames)]);
        Assert.Equal(rows.Data[..(13 * frames)], moved.Data[(217 * frames)..]);
    }

    [Fact]
    public void Options_report_all_their_errors_together()
    {
        FeatureOptions options = new()
        {
            Order = [FeatureBlock.Mel, FeatureBlock.Mel, (FeatureBlock)9],
            Stft = (StftMethod)7,
            FilterBank = (FilterBankMethod)8,
        };
        GpuSerException error = Assert.Throws<GpuSerException>(() => new FeatureExtractor(options));
        Assert.Contains("Mel is there 2 times", error.Message, StringComparison.Ordinal);
        Assert.Contains("Tonnetz is there 0 times", error.Message, StringComparison.Ordinal);
        Assert.Contains("9 is no feature", error.Message, StringComparison.Ordinal);
        Assert.Contains("stft: 7", error.Message, StringComparison.Ordinal);
        Assert.Contains("filter bank: 8", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Ways_of_a_device_tell_options_apart_and_change_nothing_here()
    {
        FeatureOptions libraries = new() { Stft = StftMethod.CuFft, FilterBank = FilterBankMethod.CuBlas };
        Assert.Equal(libraries, libraries with { Order = [.. libraries.Order] });
        Assert.NotEqual(libraries, libraries with { Stft = StftMethod.Fused });
        Assert.NotEqual(libraries, libraries with { FilterBank = FilterBankMethod.Sparse });

        using FeatureExtractor standard = new(threads: 1), other = new(libraries, threads: 1);
        float[] signal = Signals.Voice(5000);
        Assert.Equal(standard.ComputeStages(signal)["image"].Data, other.ComputeStages(signal)["image"].Data);
    }

    [Fact]
    public void Wrong_lengths_are_refused_before_anything_is_written()
    {
        using FeatureExtractor extractor = new(threads: 1);
        float[] image = new float[3 * 230];
        Assert.ThrowsAny<ArgumentException>(() => extractor.ComputeImage(new float[100], image));
        Assert.ThrowsAny<ArgumentException>(() => extractor.ComputeImage([], image));
        Assert.ThrowsAny<ArgumentException>(() => extractor.ComputeImages(new float[99], 3, 34, image));
        Assert.ThrowsAny<ArgumentException>(() => extractor.ComputeImages([new float[600], Array.Empty<float>()], image));
        Assert.ThrowsAny<ArgumentException>(() => extractor.ComputeImages([new float[600], new float[600]], image));
        Assert.All(image, value => Assert.Equal(0, value));
    }

    [Fact]
    public void A_cancelled_batch_ends_and_the_extractor_lives_on()
    {
        using FeatureExtractor extractor = new(threads: 2);
        float[] padded = new float[4 * 2000], images = new float[4 * FeatureExtractor.Frames(2000) * 230];
        using CancellationTokenSource source = new();
        source.Cancel();
        Assert.Throws<OperationCanceledException>(() => extractor.ComputeImages(padded, 4, 2000, images, source.Token));
        extractor.ComputeImages(padded, 4, 2000, images, default);
        extractor.Dispose();
        Assert.Throws<ObjectDisposedException>(() => extractor.ComputeImages(padded, 4, 2000, images, default));
    }

    [Fact]
    public async Task One_extractor_serves_many_threads()
    {
        using FeatureExtractor extractor = new(threads: 2);
        float[][] signals = [.. Enumerable.Range(0, 4).Select(i => Signals.Voice(6000, i))];
        float[][] expected = [.. signals.Select(signal => extractor.ComputeStages(signal)["image"].Data)];
        await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Task.Run(() =>
        {
            float[] image = new float[expected[i % 4].Length];
            extractor.ComputeImages(signals[i % 4], 1, 6000, image);
            Assert.Equal(expected[i % 4], image);
            extractor.ComputeImage(signals[i % 4], image);
            Assert.Equal(expected[i % 4], image);
        })));
    }
}
