namespace GpuSer.Verification;

/// <summary>How far each stage may be from its golden: the recipe's table.</summary>
internal static class Tolerances
{
    // Between the partials of these signals lies nothing but the rounding of float32.
    private static readonly HashSet<string> Noiseless = ["synth_chirp", "synth_vibrato", "synth_clicks_tone", "synth_gaps"];

    /// <summary>The greatest relative error of a stage of a signal, or null for the image, whose rows are judged apart.</summary>
    public static double? Relative(string stage, string signal, bool device = false)
    {
        bool noiseless = Noiseless.Contains(signal);
        double cpuSeparation = noiseless ? 1e-5 : 2e-6;
        return stage switch
        {
            "stft_abs" => device ? 1e-6 : 5e-7,
            "harmonic_abs" or "percussive_abs" => device ? Math.Max(5e-6, cpuSeparation) : cpuSeparation,
            "harmonic_y" or "percussive_y" => device ? 1e-5 : cpuSeparation,
            "mel_power" or "hp_mel" => device ? 1e-5 : 2e-6,
            "mel_db" or "mfcc" => device ? 5e-5 : 2e-6,
            "contrast" when noiseless => 0.15,
            "contrast" => device ? 3e-3 : 1e-3,
            "tuning_stft" or "tuning_y" => 0,
            "chroma_stft" => device ? 1e-4 : 5e-6,
            "cqt_abs" => device ? 5e-5 : 5e-6,
            "chroma_cqt" or "tonnetz" => device ? 1e-3 : 2e-4,
            _ => null,
        };
    }

    /// <summary>The greatest absolute error of a row of the image; infinite where it is not judged.</summary>
    public static double ImageRow(int row, string signal, bool device = false) => row is >= 153 and < 160
        ? Noiseless.Contains(signal) ? double.PositiveInfinity : device ? 2e-2 : 1e-2
        : device ? 5e-3 : 1e-3;

    /// <summary>
    /// The largest error of an image over what is allowed, row by row: within the tolerances where it is at most 1. [shape=(frames, 230)]
    /// </summary>
    public static double ImageExcess(ReadOnlySpan<float> image, ReadOnlySpan<float> golden, string signal, bool device = false)
    {
        if (image.Length != golden.Length)
        {
            throw new ArgumentException($"{image.Length} values against a golden of {golden.Length}");
        }

        double excess = 0;
        for (int i = 0; i < golden.Length; i++)
        {
            double error = Math.Abs((double)image[i] - golden[i]) / ImageRow(i % 230, signal, device);
            excess = Math.Max(excess, double.IsNaN(error) ? double.PositiveInfinity : error);
        }

        return excess;
    }
}
