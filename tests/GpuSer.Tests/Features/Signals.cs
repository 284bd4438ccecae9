namespace GpuSer.Tests.Features;

/// <summary>Seeded signals for tests that need no files.</summary>
internal static class Signals
{
    /// <summary>Voice-like: partials of a gliding pitch under a moving envelope, with some noise.</summary>
    public static float[] Voice(int samples, int seed = 1)
    {
        Random random = new(seed);
        float[] signal = new float[samples];
        double phase = 0;
        for (int i = 0; i < samples; i++)
        {
            double time = i / 22050.0;
            phase += 2 * Math.PI * (140 + (40 * Math.Sin(3 * time)) + seed) / 22050;
            double voiced = 0;
            for (int partial = 1; partial <= 12; partial++)
            {
                voiced += Math.Sin(partial * phase) / partial;
            }

            double envelope = 0.05 + (0.2 * Math.Pow(Math.Sin(5 * time), 2));
            signal[i] = (float)((envelope * voiced) + (0.02 * ((2 * random.NextDouble()) - 1)));
        }

        return signal;
    }

    /// <summary>Sum of sines.</summary>
    public static float[] Tones(int samples, params double[] frequencies)
    {
        float[] signal = new float[samples];
        for (int i = 0; i < samples; i++)
        {
            signal[i] = (float)frequencies.Sum(f => 0.5 / frequencies.Length * Math.Sin(2 * Math.PI * f * i / 22050));
        }

        return signal;
    }
}
