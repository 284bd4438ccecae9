namespace GpuSer.Benchmarks;

/// <summary>Seeded signals of partials, moving in pitch and strength, with noise: set-up only, never measured.</summary>
internal static class Speech
{
    public static float[] Make(int samples, int seed = 1)
    {
        Random random = new(seed);
        float[] signal = new float[samples];
        double phase = 0;
        for (int i = 0; i < samples; i++)
        {
            phase += 2 * Math.PI * (140 + (40 * Math.Sin(i / 7000.0)) + seed) / 22050;
            double voiced = Enumerable.Range(1, 12).Sum(partial => Math.Sin(partial * phase) / partial);
            signal[i] = (float)(((0.05 + (0.2 * Math.Pow(Math.Sin(i / 4400.0), 2))) * voiced) + (0.04 * (random.NextDouble() - 0.5)));
        }

        return signal;
    }

    public static double[] ToDouble(float[] signal) => [.. signal.Select(value => (double)value)];
}
