using System.Buffers.Binary;

namespace GpuSer.Console.Doctor;

/// <summary>The libraries that recordings are read through, each on a signal whose answer is known.</summary>
internal static class AudioChecks
{
    private const int Rate = FeatureOptions.SampleRate, Samples = 2205;

    /// <summary>libsndfile: a WAV file of 16 bits must come back to the bit.</summary>
    /// <param name="version">The library's version; throws where it is missing.</param>
    /// <param name="read">Reads a recording as one channel at 22,050 Hz.</param>
    public static Finding SndFile(Func<string> version, Func<string, float[]> read)
    {
        if (Loaded(version, "libsndfile1", "no recording can be read", out string name) is { } fault)
        {
            return fault;
        }

        DirectoryInfo folder = Directory.CreateTempSubdirectory("gpuser-doctor-");
        try
        {
            short[] samples = [.. Enumerable.Range(0, Samples).Select(i => (short)Math.Round(20000 * Math.Sin(2 * Math.PI * 440 * i / Rate)))];
            string path = Path.Combine(folder.FullName, "tone.wav");
            File.WriteAllBytes(path, Wave(samples));
            float[] back = read(path);
            int wrong = back.Length == samples.Length ? samples.Where((sample, i) => back[i] != sample / 32768f).Count() : samples.Length;
            return wrong == 0
                ? Finding.Ok($"{name}; a WAV file of {Samples} samples comes back to the bit")
                : Finding.Fault($"{name}; of a WAV file of {Samples} samples {wrong} come back otherwise", "install libsndfile1 again");
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>Whether recordings are decoded in processes of their own, which may crash.</summary>
    /// <param name="program">Where the program is; null where it is not there.</param>
    /// <param name="problem">Why it is not used; null where it is.</param>
    public static Finding Decoder(string? program, string? problem) => problem is null
        ? Finding.Ok($"recordings are decoded in processes of their own, by {program}")
        : Finding.Warning(
            $"recordings are decoded in this process: {problem}",
            "a damaged recording that crashes libsndfile ends the whole command; build with ./gpuser build, or install the package with its native files");

    /// <summary>libsoxr: a cosine of 1 kHz at 44,100 Hz must become the same cosine at 22,050 Hz.</summary>
    /// <param name="version">The library's version; throws where it is missing.</param>
    /// <param name="halve">Resamples from 44,100 Hz to 22,050 Hz.</param>
    public static Finding Soxr(Func<string> version, Func<float[], float[]> halve)
    {
        if (Loaded(version, "libsoxr0", "only recordings of 22,050 Hz can be read", out string name) is { } fault)
        {
            return fault;
        }

        const double Tolerance = 1e-3;
        double Cosine(int i, int rate) => 0.5 * Math.Cos(2 * Math.PI * 1000 * i / rate);
        float[] halved = halve([.. Enumerable.Range(0, 4 * Samples).Select(i => (float)Cosine(i, 2 * Rate))]);
        // Away from both ends, where the filter reaches beyond the signal.
        double error = halved.Length == 2 * Samples
            ? Enumerable.Range(Samples / 2, Samples).Max(i => Math.Abs(halved[i] - Cosine(i, Rate)))
            : double.PositiveInfinity;
        return error <= Tolerance
            ? Finding.Ok($"{name}; a cosine at half the rate is off by {error:0.0e+0} at most")
            : Finding.Fault($"{name}; a cosine at half the rate is off by {error:0.0e+0}, where {Tolerance} is allowed", "install libsoxr0 again");
    }

    /// <summary>A mono WAV file of 16 bits at 22,050 Hz.</summary>
    internal static byte[] Wave(ReadOnlySpan<short> samples)
    {
        byte[] file = new byte[44 + (2 * samples.Length)];
        "RIFF"u8.CopyTo(file);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(4), file.Length - 8);
        "WAVEfmt "u8.CopyTo(file.AsSpan(8));
        int[] format = [16, 1 | (1 << 16), Rate, 2 * Rate, 2 | (16 << 16)];
        for (int i = 0; i < format.Length; i++)
        {
            BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(16 + (4 * i)), format[i]);
        }

        "data"u8.CopyTo(file.AsSpan(36));
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(40), 2 * samples.Length);
        for (int i = 0; i < samples.Length; i++)
        {
            BinaryPrimitives.WriteInt16LittleEndian(file.AsSpan(44 + (2 * i)), samples[i]);
        }

        return file;
    }

    private static Finding? Loaded(Func<string> version, string package, string consequence, out string name)
    {
        try
        {
            name = version();
            return null;
        }
        catch (Exception error) when (error is DllNotFoundException or EntryPointNotFoundException or BadImageFormatException)
        {
            name = "";
            return Finding.Fault($"does not load, so that {consequence}", $"install it: sudo apt-get install -y {package}");
        }
    }
}
