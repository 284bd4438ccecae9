using System.Numerics;

namespace GpuSer.Reference.Recipe;

/// <summary>The whole recipe, from a signal to its image with every stage, in double; what everything fast is held against.</summary>
public static class ReferenceImage
{
    /// <summary>Every stage under its golden name.</summary>
    public static FeatureStages Stages(ReadOnlySpan<float> samples)
    {
        double[] y = [.. samples.ToArray().Select(value => (double)value)];
        List<FeatureStage> stages = [];
        double[,] Keep(string name, double[,] values)
        {
            stages.Add(new FeatureStage(name, [values.GetLength(0), values.GetLength(1)], values.Flatten()));
            return values;
        }

        double[] KeepSignal(string name, params double[] values)
        {
            stages.Add(new FeatureStage(name, [values.Length], [.. values.Select(value => (float)value)]));
            return values;
        }

        Complex[,] spectra = Fourier.Stft(y);
        double[,] magnitude = Keep("stft_abs", spectra.Magnitude()), power = magnitude.Map(value => value * value);
        double[,] mel = Keep("mel_power", Spectral.MelBank(128).Times(power));
        double[,] mfcc = Spectral.Mfcc(Keep("mel_db", Spectral.Decibels(mel)));
        Keep("mfcc", mfcc);
        double tuning = KeepSignal("tuning_stft", Spectral.Tuning(power, 12))[0];
        double[,] chroma = Keep("chroma_stft", Spectral.Chroma(power, tuning)), contrast = Keep("contrast", Spectral.Contrast(magnitude));
        double tuningY = KeepSignal("tuning_y", Spectral.Tuning(magnitude, 36))[0];
        double[,] tonnetz = Tonal.Tonnetz(Keep("chroma_cqt", Tonal.Chroma(Keep("cqt_abs", Tonal.ConstantQ(y, tuningY)))));
        Keep("tonnetz", tonnetz);

        double[,] mask = Separation.HarmonicMask(magnitude);
        Keep("harmonic_abs", Matrix.Map(Fourier.Bins, mask.GetLength(1), (k, t) => magnitude[k, t] * mask[k, t]));
        Keep("percussive_abs", Matrix.Map(Fourier.Bins, mask.GetLength(1), (k, t) => magnitude[k, t] * (1 - mask[k, t])));
        (double[] harmonic, double[] percussive) = Separation.Signals(spectra, mask, y.Length);
        double[,] h = Fourier.Stft(KeepSignal("harmonic_y", harmonic)).Magnitude(), p = Fourier.Stft(KeepSignal("percussive_y", percussive)).Magnitude();
        double[,] both = Matrix.Map(Fourier.Bins, h.GetLength(1), (k, t) => ((h[k, t] * h[k, t]) + (p[k, t] * p[k, t])) / 2);
        double[,] separated = Keep("hp_mel", Spectral.MelBank(64).Times(both));

        double[][] rows = [.. new[] { mfcc, mel, chroma, contrast, tonnetz, separated }.SelectMany(block => Enumerable.Range(0, block.GetLength(0)).Select(r => block.Row(r).ToArray()))];
        int frames = rows[0].Length;
        Keep("rows", Matrix.Map(rows.Length, frames, (r, t) => rows[r][t]));
        double[] largest = [.. rows.Select(row => row.Max(Math.Abs))];
        Keep("image", Matrix.Map(frames, rows.Length, (t, r) => rows[r][t] / (largest[r] < 1.17549435e-38 ? 1 : largest[r])));
        return new FeatureStages(stages);
    }
}
