using GpuSer.Audio;
using GpuSer.Reference;
using GpuSer.Tests.Features;

namespace GpuSer.Tests.Audio;

public class SignalPreparationTests
{
    [SkippableFact]
    public void Voiced_samples_are_exactly_the_golden_ones()
    {
        Skip.IfNot(Golden.Present, "golden files are absent");
        foreach (string signal in Golden.Signals)
        {
            Assert.Equal(Golden.Load(signal, "voiced").Data, VoicedSamples.Select(Golden.Load(signal, "signal").Data));
        }
    }

    [Fact]
    public void A_pause_is_cut_half_a_window_into_the_silence()
    {
        // 4,410 samples of 0.1, as many of silence, the same again: kept while over 0.5 % of the 2,205 samples round it are loud.
        float[] signal = [.. Enumerable.Repeat(0.1f, 4410), .. new float[4410], .. Enumerable.Repeat(0.1f, 4410)];
        float[] kept = VoicedSamples.Select(signal);
        int beside = 1102 - (int)(2205 * 0.005);
        Assert.Equal(2 * (4410 + beside), kept.Length);
        Assert.Empty(VoicedSamples.Select(new float[5000]));
        Assert.Empty(VoicedSamples.Select([]));
        Assert.Equal([0.001f], VoicedSamples.Select([0.001f]));
    }

    [SkippableFact]
    public void Padded_batch_is_the_golden_one()
    {
        Skip.IfNot(Golden.Present, "golden files are absent");
        float[][] signals = [.. Enumerable.Range(0, 4).Select(i => Golden.Load("batch4", $"in{i}").Data)];
        int length = BatchPadding.PaddedLength(signals.Max(signal => signal.Length));
        for (int i = 0; i < signals.Length; i++)
        {
            float[] golden = Golden.Load("batch4", $"padded{i}").Data, padded = new float[length];
            BatchPadding.ReflectPad(signals[i], padded);
            Assert.Equal(golden.Length, length);
            Assert.True(Difference.Between(padded, golden).Largest <= 1e-6);
        }
    }

    [Fact]
    public void Batches_have_at_least_VGGs_32_frames()
    {
        Assert.Equal(31 * 512, BatchPadding.PaddedLength(1));
        Assert.Equal(32, FeatureExtractor.Frames(BatchPadding.PaddedLength(100)));
        Assert.Equal(31 * 512, BatchPadding.PaddedLength((31 * 512) + 10));
        Assert.Equal((31 * 512) + 1, BatchPadding.PaddedLength((31 * 512) + 11));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(50)]
    [InlineData(999)]
    [InlineData(1000)]
    [InlineData(1010)]
    public void Reflection_is_repeated_as_often_as_needed_and_stays_within_its_span(int samples)
    {
        const int Length = 1000, Guard = 16;
        float[] signal = Signals.Voice(samples), buffer = new float[Length + (2 * Guard)];
        Array.Fill(buffer, float.NaN);
        BatchPadding.ReflectPad(signal, buffer.AsSpan(Guard, Length));
        int before = (int)Math.Ceiling((Length + 10 - samples) / 2.0);
        for (int i = 0; i < Length; i++)
        {
            int at = i - before;
            while (samples > 1 && (at < 0 || at >= samples))
            {
                at = at < 0 ? -at : (2 * (samples - 1)) - at;
            }

            Assert.Equal(signal[samples == 1 ? 0 : at], buffer[Guard + i]);
        }

        Assert.All(buffer[..Guard].Concat(buffer[^Guard..]), value => Assert.True(float.IsNaN(value)));
    }

    [Fact]
    public void What_cannot_be_padded_is_refused()
    {
        Assert.Throws<ArgumentException>(() => BatchPadding.ReflectPad([], new float[10]));
        Assert.Throws<ArgumentException>(() => BatchPadding.ReflectPad(new float[21], new float[10]));
        Assert.ThrowsAny<ArgumentException>(() => BatchPadding.PaddedLength(0));
    }
}
