namespace GpuSer.Reference.Recipe;

/// <summary>The recipe's features of a spectrum: mel, MFCC, chroma, contrast, and the tuning.</summary>
public static class Spectral
{
    private static double Frequency(double bin) => bin * Fourier.SampleRate / Fourier.Length;

    public static double[,] MelBank(int bands)
    {
        static double ToMel(double f) => f >= 1000 ? 15 + (Math.Log(f / 1000) / (Math.Log(6.4) / 27)) : f * 3 / 200;
        static double ToHz(double m) => m >= 15 ? 1000 * Math.Exp((m - 15) * Math.Log(6.4) / 27) : m * 200 / 3;
        double[] edge = [.. Enumerable.Range(0, bands + 2).Select(i => ToHz(ToMel(Fourier.SampleRate / 2.0) * i / (bands + 1)))];
        return Matrix.Map(bands, Fourier.Bins, (i, k) => Math.Max(0, Math.Min(
            (Frequency(k) - edge[i]) / (edge[i + 1] - edge[i]), (edge[i + 2] - Frequency(k)) / (edge[i + 2] - edge[i + 1]))) * 2 / (edge[i + 2] - edge[i]));
    }

    public static double[,] Decibels(double[,] power)
    {
        double[,] d = power.Map(value => 10 * Math.Log10(Math.Max(1e-10, value)));
        double floor = d.Cast<double>().Max() - 80;
        return d.Map(value => Math.Max(value, floor));
    }

    public static double[,] Mfcc(double[,] decibels) => Matrix.Map(13, 128, (c, m) =>
        Math.Sqrt((c == 0 ? 1 : 2) / 128.0) * Math.Cos(Math.PI / 128 * (m + 0.5) * c)).Times(decibels);

    public static double Tuning(double[,] s, int binsPerOctave)
    {
        List<(double Frequency, double Strength)> peaks = [];
        for (int t = 0; t < s.GetLength(1); t++)
        {
            double least = 0.1 * s.Column(t).Max();
            for (int k = 1; k < Fourier.Bins - 1; k++)
            {
                (double below, double here, double above) = (s[k - 1, t], s[k, t], s[k + 1, t]);
                if (Frequency(k) >= 150 && Frequency(k) < 4000 && here > below && here >= above && here > least)
                {
                    double a = above + below - (2 * here), b = (above - below) / 2;
                    double offset = Math.Abs(b) >= Math.Abs(a) ? 0 : -b / a;
                    peaks.Add((Frequency(k + offset), here + (b * offset / 2)));
                }
            }
        }

        if (peaks.Count == 0)
        {
            return 0;
        }

        double[] sorted = [.. peaks.Select(peak => peak.Strength).Order()];
        double median = (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
        int[] votes = new int[100];
        foreach ((double frequency, _) in peaks.Where(peak => peak.Strength >= median))
        {
            double residual = binsPerOctave * Math.Log2(frequency / 27.5);
            residual -= Math.Floor(residual + 0.5);
            votes[Math.Clamp((int)Math.Floor((residual + 0.5) * 100), 0, 99)]++;
        }

        return -0.5 + (Array.IndexOf(votes, votes.Max()) * 0.01);
    }

    public static double[,] Chroma(double[,] power, double tuning) => Chroma(ChromaBank(tuning), power);

    public static double[,] Chroma(double[,] bank, double[,] power) => bank.Times(power).NormaliseColumns(Enumerable.Max);

    public static double[,] ChromaBank(double tuning)
    {
        double a = 27.5 * Math.Pow(2, tuning / 12);
        double[] pitch = [.. Enumerable.Range(0, Fourier.Bins + 1).Select(k => 12 * Math.Log2(Frequency(k) / a))];
        pitch[0] = pitch[1] - 18;
        double Weight(int c, int k)
        {
            double width = Math.Max(1, pitch[k + 1] - pitch[k]), d = Math.IEEERemainder(pitch[k] - c, 12);
            return Math.Exp(-2 * d * d / width / width);
        }

        double[,] bank = Matrix.Map(12, Fourier.Bins, (row, k) => Weight((row + 3) % 12, k)).NormaliseColumns(column => Math.Sqrt(column.Sum(w => w * w)));
        return Matrix.Map(12, Fourier.Bins, (row, k) => bank[row, k] * Math.Exp(-0.5 * Math.Pow(((pitch[k] / 12) - 5) / 2, 2)));
    }

    public static double[,] Contrast(double[,] magnitude)
    {
        int frames = magnitude.GetLength(1);
        double[,] peaks = new double[7, frames], valleys = new double[7, frames];
        for (int band = 0; band < 7; band++)
        {
            double low = band == 0 ? 0 : 200 * Math.Pow(2, band - 1), high = 200 * Math.Pow(2, band);
            int[] bins = [.. Enumerable.Range(0, Fourier.Bins).Where(k => Frequency(k) >= low && Frequency(k) <= high)];
            int first = bins[0] - (band > 0 ? 1 : 0), end = band == 6 ? Fourier.Bins : bins[^1] + 1;
            int q = Math.Max(1, (int)Math.Round(0.02 * (end - first), MidpointRounding.ToEven));
            for (int t = 0; t < frames; t++)
            {
                double[] sorted = [.. magnitude.Column(t).Skip(first).Take(end - first - (band < 6 ? 1 : 0)).Order()];
                (peaks[band, t], valleys[band, t]) = (sorted[^q..].Average(), sorted[..q].Average());
            }
        }

        double[,] top = Decibels(peaks), bottom = Decibels(valleys);
        return Matrix.Map(7, frames, (band, t) => top[band, t] - bottom[band, t]);
    }
}
