using GpuSer.Audio;
using GpuSer.IO;

namespace GpuSer.Console.Bench;

/// <summary>The utterances of a benchmark: voiced samples in memory, and the files they are from.</summary>
/// <param name="Folder">Folder of the recordings; null for signals made by formula.</param>
/// <param name="Paths">The recordings, one a signal; empty for signals made by formula.</param>
/// <param name="Signals">Voiced samples at 22,050 Hz.</param>
internal sealed record BenchSignals(string? Folder, IReadOnlyList<string> Paths, IReadOnlyList<ReadOnlyMemory<float>> Signals)
{
    // What is held in memory: 88 MB of samples.
    private const double MostSeconds = 1000;
    private const int Synthetic = 32;

    /// <summary>Mean length in seconds.</summary>
    public double SecondsPerUtterance => Signals.Average(signal => (double)signal.Length) / FeatureOptions.SampleRate;

    /// <summary>The first so many.</summary>
    public BenchSignals First(int count) => this with { Paths = [.. Paths.Take(count)], Signals = [.. Signals.Take(count)] };

    /// <summary>Decodes the recordings in a folder and those below it, in the order of their paths, as many as are bearable in memory.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="error">Gets a line for each file that cannot be used.</param>
    /// <param name="ct">Ends the reading.</param>
    /// <exception cref="InvalidFileException">There is no such folder, or no recording in it that can be used.</exception>
    public static BenchSignals Read(string folder, TextWriter error, CancellationToken ct)
    {
        string[] files = InvalidFileException.Guard(folder, () => Directory.GetFiles(folder, "*", SearchOption.AllDirectories));
        List<string> paths = [];
        List<ReadOnlyMemory<float>> signals = [];
        double seconds = 0;
        foreach (string path in files.Where(AudioFile.IsAudioPath).Order(StringComparer.Ordinal))
        {
            if (seconds > MostSeconds)
            {
                break;
            }

            try
            {
                float[] samples = VoicedSamples.SelectOrThrow(path, AudioFile.ReadMono(path, ct: ct));
                paths.Add(path);
                signals.Add(samples);
                seconds += (double)samples.Length / FeatureOptions.SampleRate;
            }
            catch (GpuSerException problem)
            {
                error.WriteLine($"gpuser: {problem.Message}");
            }
        }

        return signals.Count > 0
            ? new BenchSignals(folder, paths, signals)
            : throw new InvalidFileException(folder, "holds no recording that can be used (WAV, FLAC, OGG, MP3)");
    }

    /// <summary>Makes signals of 2 s by formula: partials of a voice, moving in pitch and strength, with noise. The same ones each time.</summary>
    public static BenchSignals Make() => new(null, [], [.. Enumerable.Range(1, Synthetic).Select(Voice)]);

    private static ReadOnlyMemory<float> Voice(int seed)
    {
        Random random = new(seed);
        float[] signal = new float[2 * FeatureOptions.SampleRate];
        double phase = 0;
        for (int i = 0; i < signal.Length; i++)
        {
            double time = (double)i / FeatureOptions.SampleRate;
            phase += 2 * Math.PI * (120 + (4 * seed) + (40 * Math.Sin(3 * time))) / FeatureOptions.SampleRate;
            double voiced = 0;
            for (int partial = 1; partial <= 12; partial++)
            {
                voiced += Math.Sin(partial * phase) / partial;
            }

            double strength = 0.05 + (0.2 * Math.Pow(Math.Sin(5 * time), 2));
            signal[i] = (float)((strength * voiced) + (0.04 * (random.NextDouble() - 0.5)));
        }

        return signal;
    }
}
