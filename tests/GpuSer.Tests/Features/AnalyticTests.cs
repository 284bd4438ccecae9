using GpuSer.Features;
using GpuSer.Features.Contrast;
using GpuSer.Features.Stft;
using GpuSer.Features.Tonnetz;

namespace GpuSer.Tests.Features;

/// <summary>What must come out by pencil and paper.</summary>
public sealed unsafe class AnalyticTests : IDisposable
{
    private readonly FeatureExtractor _extractor = new(threads: 1);

    public void Dispose() => _extractor.Dispose();

    [Fact]
    public void Spectra_keep_the_energy_of_the_windowed_frame()
    {
        float[] signal = Signals.Voice(30000);
        FeatureStage stft = _extractor.ComputeStages(signal)["stft_abs"];
        int frames = stft.Shape[1];
        for (int t = 0; t < frames; t++)
        {
            double inTime = 0, inFrequency = 0;
            for (int n = 0; n < 2048; n++)
            {
                int at = (t * 512) - 1024 + n;
                double value = at >= 0 && at < signal.Length ? signal[at] * (0.5 - (0.5 * Math.Cos(2 * Math.PI * n / 2048))) : 0;
                inTime += value * value;
            }

            for (int k = 0; k < 1025; k++)
            {
                double magnitude = stft.Data[(k * frames) + t];
                inFrequency += (k is 0 or 1024 ? 1 : 2) * magnitude * magnitude / 2048;
            }

            Assert.Equal(1, inFrequency / inTime, 1e-5);
        }
    }

    [Fact]
    public void A_cosine_on_a_bin_has_three_bins_of_Hann()
    {
        float[] signal = Signals.Tones(22050, 100 * 22050 / 2048.0);
        FeatureStage stft = _extractor.ComputeStages(signal)["stft_abs"];
        int t = 20, frames = stft.Shape[1];
        double At(int k) => stft.Data[(k * frames) + t];
        Assert.Equal(0.5 * 2048 / 4, At(100), 0.01);
        Assert.Equal(0.5 * 2048 / 8, At(99), 0.01);
        Assert.Equal(0.5 * 2048 / 8, At(101), 0.01);
        Assert.Equal(0, At(105), 0.001);
    }

    [Fact]
    public void Inverse_transform_gives_the_signal_back()
    {
        int samples = (Lanes.Count * 512) + 1536, width = Lanes.Count;
        float[] signal = Signals.Voice(samples), back = new float[samples], squares = new float[samples];
        float[] re = new float[1025 * width], im = new float[1025 * width];
        RealLaneFft fft = new(StftTables.Window);
        fixed (float* s = signal, b = back, r = re, i = im)
        {
            fft.Forward(s, 512, r, i);
            fft.InverseOverlapAdd(r, i, b, 512);
        }

        for (int t = 0; t < width; t++)
        {
            for (int n = 0; n < 2048; n++)
            {
                squares[(t * 512) + n] += StftTables.Window[n] * StftTables.Window[n];
            }
        }

        for (int n = 1024; n < samples - 1024; n++)
        {
            Assert.Equal(signal[n], back[n] / squares[n], 1e-6);
        }
    }

    [Theory]
    [InlineData(4)]
    [InlineData(8)]
    [InlineData(512)]
    [InlineData(1024)]
    public void Lane_transform_is_the_discrete_Fourier_transform_in_every_lane(int length)
    {
        Random random = new(length);
        int width = Lanes.Count;
        float[] re = [.. Enumerable.Range(0, length * width).Select(_ => (float)random.NextDouble() - 0.5f)];
        float[] im = [.. Enumerable.Range(0, length * width).Select(_ => (float)random.NextDouble() - 0.5f)];
        float[] toRe = [.. re], toIm = [.. im];
        LaneFft fft = new(length);
        fixed (float* r = toRe, i = toIm)
        {
            fft.Transform(r, i);
        }

        foreach (int k in new[] { 0, 1, length / 2, length - 1, length / 3 })
        {
            for (int lane = 0; lane < width; lane++)
            {
                double x = 0, y = 0;
                for (int n = 0; n < length; n++)
                {
                    (double sin, double cos) = Math.SinCos(-2 * Math.PI * ((long)k * n % length) / length);
                    x += (re[(n * width) + lane] * cos) - (im[(n * width) + lane] * sin);
                    y += (re[(n * width) + lane] * sin) + (im[(n * width) + lane] * cos);
                }

                Assert.Equal(x, toRe[(fft.Order[k] * width) + lane], 2e-5);
                Assert.Equal(y, toIm[(fft.Order[k] * width) + lane], 2e-5);
            }
        }
    }

    [Fact]
    public void A_flat_spectrum_has_no_contrast()
    {
        float[] flat = new float[1025 * Lanes.Count], peaks = new float[7 * Lanes.Count], valleys = new float[7 * Lanes.Count];
        Array.Fill(flat, 0.25f);
        fixed (float* f = flat, p = peaks, v = valleys)
        {
            ContrastCpu.PeaksAndValleys(f, p, v, Lanes.Count);
        }

        Assert.All(peaks, value => Assert.Equal(0.25f, value, 1e-7f));
        Assert.All(valleys, value => Assert.Equal(0.25f, value, 1e-7f));

        float[] click = new float[4096];
        click[2048] = 1;
        FeatureStage contrast = _extractor.ComputeStages(click)["contrast"];
        Assert.All(contrast.Data, value => Assert.Equal(0, value, 1e-4f));
    }

    [Fact]
    public void A_fifth_has_the_tonal_centroid_worked_out_by_hand()
    {
        // C and G alike: on the circle of fifths at angles pi (0 - 1/2) and pi (7 * 7/6 - 1/2), and so on for the others.
        float[] chroma = new float[12 * Lanes.Count], tonnetz = new float[6 * Lanes.Count];
        Array.Fill(chroma, 0.5f, 0, Lanes.Count);
        Array.Fill(chroma, 0.5f, 7 * Lanes.Count, Lanes.Count);
        fixed (float* c = chroma, t = tonnetz)
        {
            TonnetzCpu.Project(c, t, Lanes.Count);
        }

        double[] expected =
        [
            0.5 * Math.Sin(49 * Math.PI / 6), 0.5 + (0.5 * Math.Cos(49 * Math.PI / 6)),
            0.5 * Math.Sin(21 * Math.PI / 2), 0.5 + (0.5 * Math.Cos(21 * Math.PI / 2)),
            0.25 * Math.Sin(14 * Math.PI / 3), 0.25 + (0.25 * Math.Cos(14 * Math.PI / 3)),
        ];
        for (int i = 0; i < tonnetz.Length; i++)
        {
            Assert.Equal(expected[i / Lanes.Count], tonnetz[i], 1e-6);
        }
    }

    [Theory]
    [InlineData(0.3)]
    [InlineData(-0.2)]
    [InlineData(0.0)]
    public void A_detuned_tone_has_that_tuning(double semitones)
    {
        // High up, where a bin is a twentieth of a semitone: the parabola through three bins is not the peak's true shape.
        FeatureStages stages = _extractor.ComputeStages(Signals.Tones(44100, 3520 * Math.Pow(2, semitones / 12)));
        Assert.Equal(semitones, stages["tuning_stft"].Data[0], 0.015);
        double thirds = semitones * 3;
        Assert.Equal(thirds - Math.Round(thirds), stages["tuning_y"].Data[0], 0.025);
    }

    [Fact]
    public void A_tone_is_loudest_in_its_own_constant_Q_row_and_pitch_class()
    {
        // A4 is 9 semitones over C4, 45 over C1.
        FeatureStages stages = _extractor.ComputeStages(Signals.Tones(44100, 440));
        FeatureStage cqt = stages["cqt_abs"], chroma = stages["chroma_stft"], fold = stages["chroma_cqt"];
        int t = 40, frames = cqt.Shape[1];
        Assert.Equal(45 * 3, Enumerable.Range(0, 252).MaxBy(k => cqt.Data[(k * frames) + t]));
        Assert.Equal(9, Enumerable.Range(0, 12).MaxBy(c => chroma.Data[(c * frames) + t]));
        Assert.Equal(9, Enumerable.Range(0, 12).MaxBy(c => fold.Data[(c * frames) + t]));
        Assert.Equal(1, fold.Data[(9 * frames) + t]);
    }

    [Fact]
    public void Masks_sum_to_one_and_signals_to_the_recording()
    {
        float[] signal = Signals.Voice(20000);
        FeatureStages stages = _extractor.ComputeStages(signal);
        float[] all = stages["stft_abs"].Data, harmonic = stages["harmonic_abs"].Data, percussive = stages["percussive_abs"].Data;
        for (int i = 0; i < all.Length; i++)
        {
            Assert.Equal(all[i], harmonic[i] + percussive[i], 1e-4 + (1e-5 * all[i]));
        }

        for (int i = 0; i < signal.Length; i++)
        {
            Assert.Equal(signal[i], stages["harmonic_y"].Data[i] + stages["percussive_y"].Data[i], 1e-6);
        }
    }

    [Fact]
    public void A_steady_tone_is_harmonic_and_a_click_is_percussive()
    {
        float[] tone = Signals.Tones(44100, 1000), click = new float[44100];
        click[22050] = 1;
        static double Energy(float[] values) => values.Sum(value => (double)value * value);
        FeatureStages toneStages = _extractor.ComputeStages(tone), clickStages = _extractor.ComputeStages(click);
        Assert.True(Energy(toneStages["harmonic_y"].Data) > 100 * Energy(toneStages["percussive_y"].Data));
        Assert.True(Energy(clickStages["percussive_y"].Data) > 100 * Energy(clickStages["harmonic_y"].Data));
    }
}
