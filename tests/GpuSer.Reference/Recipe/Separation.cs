using System.Numerics;

namespace GpuSer.Reference.Recipe;

/// <summary>The recipe's harmonic-percussive separation.</summary>
public static class Separation
{
    public const int Window = 31;

    /// <summary>The harmonic mask of magnitudes; the percussive one is what is missing to 1.</summary>
    public static double[,] HarmonicMask(double[,] magnitude)
    {
        (int bins, int frames) = (magnitude.GetLength(0), magnitude.GetLength(1));
        return Matrix.Map(bins, frames, (k, t) =>
        {
            double h = Median(i => magnitude[k, Mirror(t + i, frames)]), p = Median(i => magnitude[Mirror(k + i, bins), t]);
            double larger = Math.Max(h, p);
            return larger < 1.17549435e-38 ? 0.5 : 1 / (1 + Math.Pow(p / h, 2));
        });
    }

    public static (double[] Harmonic, double[] Percussive) Signals(Complex[,] spectra, double[,] mask, int samples)
    {
        Complex[,] harmonic = new Complex[spectra.GetLength(0), spectra.GetLength(1)], percussive = new Complex[spectra.GetLength(0), spectra.GetLength(1)];
        for (int k = 0; k < spectra.GetLength(0); k++)
        {
            for (int t = 0; t < spectra.GetLength(1); t++)
            {
                harmonic[k, t] = spectra[k, t] * mask[k, t];
                percussive[k, t] = spectra[k, t] * (1 - mask[k, t]);
            }
        }

        return (Fourier.InverseStft(harmonic, samples), Fourier.InverseStft(percussive, samples));
    }

    /// <summary>Mirrored with the edge repeated, as often as needed.</summary>
    public static int Mirror(int i, int length)
    {
        while (i < 0 || i >= length)
        {
            i = i < 0 ? -1 - i : (2 * length) - 1 - i;
        }

        return i;
    }

    private static double Median(Func<int, double> at) =>
        Enumerable.Range(-Window / 2, Window).Select(at).Order().ElementAt(Window / 2);
}
