namespace GpuSer.Audio;

/// <summary>Drops the silent parts of a recording, sample by sample.</summary>
public static class VoicedSamples
{
    private const int Reach = 1102;
    private const double Threshold = 0.0005;

    /// <summary>
    /// Keeps the samples round which the mean magnitude, over the 2,205 samples (0.1 s) centred on each and as many of them as there
    /// are, is above 0.0005. Accumulates in double.
    /// </summary>
    /// <param name="samples">Samples at 22,050 Hz.</param>
    /// <returns>The samples kept, in their order; empty where all is silent.</returns>
    public static float[] Select(ReadOnlySpan<float> samples)
    {
        float[] kept = new float[samples.Length];
        int count = 0;
        double sumToEnd = 0, sumToBegin = 0;
        for (int i = 0, begin = 0, end = 0; i < samples.Length; i++)
        {
            for (; end < Math.Min(samples.Length, i + Reach + 1); end++)
            {
                sumToEnd += Math.Abs(samples[end]);
            }

            for (; begin < i - Reach; begin++)
            {
                sumToBegin += Math.Abs(samples[begin]);
            }

            if ((sumToEnd - sumToBegin) / (end - begin) > Threshold)
            {
                kept[count++] = samples[i];
            }
        }

        return count == kept.Length ? kept : kept[..count];
    }

    /// <summary>As <see cref="Select"/>, for a recording that must not be silent.</summary>
    /// <param name="path">The recording, for the message.</param>
    /// <param name="samples">Samples at 22,050 Hz.</param>
    /// <exception cref="AudioException">Nothing is left.</exception>
    public static float[] SelectOrThrow(string path, ReadOnlySpan<float> samples)
    {
        float[] kept = Select(samples);
        return kept.Length > 0
            ? kept
            : throw new AudioException(path, "is silent: nowhere is the mean magnitude over 0.1 s above 0.0005; record it louder, or keep silent parts");
    }
}
