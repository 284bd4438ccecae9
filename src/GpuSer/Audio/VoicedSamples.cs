namespace GpuSer.Audio;

/// <summary>Drops the silent parts of a recording, sample by sample.</summary>
public static class VoicedSamples
{
    /// <summary>Samples on either side of one that its mean magnitude is over.</summary>
    internal const int Reach = 1102;

    // A power of two, and room for a window and one more.
    private const int RingLength = 4096;

    // Magnitudes are summed in whole units, so that sums are exact in any order: the kernel finds the same samples. A magnitude of 2
    // alone lifts a whole window over the threshold, so that larger ones need not be told apart.
    private const float Units = 281474976710656; // 2^48
    private const float Largest = 2;

    /// <summary>
    /// Keeps the samples round which the mean magnitude, over the 2,205 samples (0.1 s) centred on each and as many of them as there
    /// are, is above 0.0005. Sums are exact for magnitudes that are multiples of 2^-48 (all floats from 2^-25 up).
    /// </summary>
    /// <param name="samples">Samples at 22,050 Hz.</param>
    /// <returns>The samples kept, in their order; empty where all is silent.</returns>
    public static float[] Select(ReadOnlySpan<float> samples)
    {
        float[] kept = new float[samples.Length];
        int count = SelectInto(samples, kept);
        return count == kept.Length ? kept : kept[..count];
    }

    /// <summary>As the public one, into memory that may be that of the samples.</summary>
    /// <returns>How many were kept.</returns>
    internal static int SelectInto(ReadOnlySpan<float> samples, Span<float> kept)
    {
        // Magnitudes of the window: what the samples themselves were may be written over.
        Span<long> magnitudes = stackalloc long[RingLength];
        int count = 0;
        long sum = 0;
        for (int i = 0, begin = 0, end = 0; i < samples.Length; i++)
        {
            for (; end < Math.Min(samples.Length, i + Reach + 1); end++)
            {
                long magnitude = InUnits(samples[end]);
                magnitudes[end % RingLength] = magnitude;
                sum += magnitude;
            }

            for (; begin < i - Reach; begin++)
            {
                sum -= magnitudes[begin % RingLength];
            }

            if (sum > Threshold(end - begin))
            {
                kept[count++] = samples[i];
            }
        }

        return count;
    }

    /// <summary>As <see cref="Select"/>, for a recording that must not be silent.</summary>
    /// <param name="path">The recording, for the message.</param>
    /// <param name="samples">Samples at 22,050 Hz.</param>
    /// <exception cref="AudioException">Nothing is left.</exception>
    public static float[] SelectOrThrow(string path, ReadOnlySpan<float> samples)
    {
        float[] kept = Select(samples);
        return kept.Length > 0 ? kept : throw Silent(path);
    }

    /// <summary>The error of a recording that must not be silent and is.</summary>
    internal static AudioException Silent(string path) =>
        new(path, "is silent: nowhere is the mean magnitude over 0.1 s above 0.0005; record it louder, or keep silent parts");

    private static long InUnits(float sample) => (long)(Math.Min(Math.Abs(sample), Largest) * Units);

    // 0.0005 * 2^48 = 2^44 / 125.
    private static long Threshold(int samples) => ((long)samples << 44) / 125;
}
