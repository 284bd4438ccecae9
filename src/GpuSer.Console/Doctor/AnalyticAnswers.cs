namespace GpuSer.Console.Doctor;

/// <summary>
/// Features of two signals whose features are known with pencil and paper, each of the six and the STFT under them: a cosine that lies on a bin and is an
/// A7 to a third of a cent, and a click. Judged away from the signals' ends.
/// </summary>
internal static class AnalyticAnswers
{
    private const int Rate = FeatureOptions.SampleRate, FftLength = FeatureOptions.FftLength, Hop = FeatureOptions.HopLength;

    private const int ToneSamples = 16 * Hop, ToneFrame = 8, ToneBin = 327; // 3520.7 Hz; A7 is 3520 Hz
    private const double Amplitude = 0.5;
    private const int PitchClassA = 9;

    // The click lies in the middle of a frame, where the window is 1.
    private const int ClickSamples = 8 * Hop, ClickFrame = 4;

    /// <summary>Computes both signals' stages and judges them.</summary>
    /// <param name="compute">Makes the stages of a signal at 22,050 Hz.</param>
    public static IReadOnlyList<AnalyticAnswer> Judge(Func<float[], FeatureStages> compute)
    {
        float[] tone = [.. Enumerable.Range(0, ToneSamples).Select(i => (float)(Amplitude * Math.Cos(2 * Math.PI * ToneBin * i / FftLength)))];
        float[] click = new float[ClickSamples];
        click[ClickFrame * Hop] = 1;
        return [.. OfTone(compute(tone)), .. OfClick(compute(click))];
    }

    private static IEnumerable<AnalyticAnswer> OfTone(FeatureStages stages)
    {
        double[] spectrum = Column(stages["stft_abs"], ToneFrame), decibels = Column(stages["mel_db"], ToneFrame), mfcc = Column(stages["mfcc"], ToneFrame);
        double[] chroma = Column(stages["chroma_stft"], ToneFrame), fold = Column(stages["chroma_cqt"], ToneFrame), centroids = Column(stages["tonnetz"], ToneFrame);
        double[] harmonic = Column(stages["harmonic_abs"], ToneFrame), percussive = Column(stages["percussive_abs"], ToneFrame);

        // The Hann window's transform is N/2 at 0, N/4 beside it and 0 at every other bin; half a cosine's amplitude is at its bin.
        double peak = Amplitude * FftLength / 4;
        yield return new("STFT of a cosine at its bin", peak, spectrum[ToneBin], 1e-4 * peak);
        yield return new("STFT of a cosine a bin below", peak / 2, spectrum[ToneBin - 1], 1e-4 * peak);
        yield return new("STFT of a cosine a bin above", peak / 2, spectrum[ToneBin + 1], 1e-4 * peak);
        yield return new("STFT of a cosine ten bins away", 0, spectrum[ToneBin + 10], 1e-4 * peak);
        yield return new("mel band of a cosine", MelBand((double)ToneBin * Rate / FftLength), Loudest(Column(stages["mel_power"], ToneFrame)), 0);
        // DCT-II, orthonormal: its first row is the same everywhere.
        yield return new("first MFCC", decibels.Sum() / Math.Sqrt(decibels.Length), mfcc[0], 1e-3 * Math.Abs(mfcc[0]));
        yield return new("pitch class of an A, by the STFT", PitchClassA, Loudest(chroma), 0);
        yield return new("its chroma", 1, chroma.Max(), 1e-5);
        yield return new("pitch class of an A, by constant Q", PitchClassA, Loudest(fold), 0);
        yield return new("tuning of an A", 0, stages["tuning_stft"].Data[0], 0.02);
        // The first tonal centroid: pitch classes on the circle of fifths, weighted by their chroma.
        yield return new("first tonal centroid", fold.Select((value, c) => value * Math.Sin(7 * Math.PI * c / 6)).Sum() / fold.Sum(), centroids[0], 1e-3);
        yield return new("harmonic and percussive part together", peak, harmonic[ToneBin] + percussive[ToneBin], 1e-4 * peak);
        yield return new("elements of the image that are no number", 0, stages["image"].Data.Count(value => !float.IsFinite(value)), 0);
    }

    private static IEnumerable<AnalyticAnswer> OfClick(FeatureStages stages)
    {
        double[] spectrum = Column(stages["stft_abs"], ClickFrame);
        yield return new("least bin of a click's flat spectrum", 1, spectrum.Min(), 1e-4);
        yield return new("largest bin of a click's flat spectrum", 1, spectrum.Max(), 1e-4);
        yield return new("contrast of a flat spectrum", 0, Column(stages["contrast"], ClickFrame).Max(Math.Abs), 1e-3);
    }

    /// <summary>The mel band whose middle is nearest to a frequency above 1 kHz: 128 bands on Slaney's scale from 0 to 11,025 Hz.</summary>
    private static int MelBand(double hertz)
    {
        static double Mel(double f) => 15 + (27 * Math.Log(f / 1000) / Math.Log(6.4));
        const int Bands = 128;
        // Band m's middle is the edge m + 1 of 130 edges.
        return (int)Math.Round(Mel(hertz) / Mel(Rate / 2.0) * (Bands + 1)) - 1;
    }

    private static double[] Column(FeatureStage stage, int frame)
    {
        int frames = stage.Shape[1];
        return [.. Enumerable.Range(0, stage.Shape[0]).Select(row => (double)stage.Data[(row * frames) + frame])];
    }

    private static int Loudest(double[] values) => Array.IndexOf(values, values.Max());
}
