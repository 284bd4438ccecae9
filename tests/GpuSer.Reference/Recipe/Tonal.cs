using System.Numerics;

namespace GpuSer.Reference.Recipe;

/// <summary>The recipe's constant-Q transform and the tonnetz.</summary>
public static class Tonal
{
    private const int PerOctave = 36;
    private const int Octaves = 7;

    public static double[,] ConstantQ(double[] y, double tuning)
    {
        double r = Math.Pow(2, 1.0 / PerOctave), alpha = ((r * r) - 1) / ((r * r) + 1);
        double[] frequency = [.. Enumerable.Range(0, PerOctave * Octaves).Select(i => 32.70319566257483 * Math.Pow(2, (i + tuning) / PerOctave))];
        int frames = 1 + (y.Length / Fourier.Hop);
        double[,] result = new double[frequency.Length, frames];
        double rate = Fourier.SampleRate;
        for (int octave = Octaves - 1, hop = Fourier.Hop; octave >= 0; octave--, hop /= 2, rate /= 2)
        {
            double[] wanted = frequency[(octave * PerOctave)..((octave + 1) * PerOctave)];
            int length = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Ceiling(rate / alpha / wanted[0]));
            Complex[,] spectra = Fourier.Stft(y, length, hop, [.. Enumerable.Repeat(1.0, length)]);
            for (int i = 0; i < PerOctave; i++)
            {
                Complex[] filter = Filter(wanted[i], rate, alpha, length);
                double scale = Math.Sqrt(Fourier.SampleRate / rate) / Math.Sqrt(Fourier.SampleRate / alpha / wanted[i]);
                for (int t = 0; t < frames; t++)
                {
                    Complex sum = 0;
                    for (int k = 0; k < filter.Length; k++)
                    {
                        sum += filter[k] * spectra[k, t];
                    }

                    result[(octave * PerOctave) + i, t] = sum.Magnitude * scale;
                }
            }

            y = [.. Halve(y).Select(value => value * Math.Sqrt(2))];
        }

        return result;
    }

    public static double[,] Chroma(double[,] constantQ) => Matrix.Map(12, constantQ.GetLength(0), (c, k) =>
        (k % PerOctave) == ((3 * c) + PerOctave - 1) % PerOctave || k % PerOctave == 3 * c || k % PerOctave == (3 * c) + 1 ? 1 : 0)
        .Times(constantQ).NormaliseColumns(Enumerable.Max);

    public static double[,] Tonnetz(double[,] chroma)
    {
        double[] s = [7 / 6.0, 7 / 6.0, 1.5, 1.5, 2 / 3.0, 2 / 3.0], h = [0.5, 0, 0.5, 0, 0.5, 0], radius = [1, 1, 1, 1, 0.5, 0.5];
        return Matrix.Map(6, 12, (d, c) => radius[d] * Math.Cos(Math.PI * ((s[d] * c) - h[d]))).Times(chroma.NormaliseColumns(Enumerable.Sum));
    }

    /// <summary>To half the rate, by the filter that libsoxr's HQ recipe is at 2:1: a sinc under a Kaiser window.</summary>
    public static double[] Halve(double[] x)
    {
        static double Bessel(double z)
        {
            double sum = 1, term = 1;
            for (int k = 1; k < 100; k++)
            {
                term *= z / 2 / k;
                sum += term * term;
            }

            return sum;
        }

        double[] taps = new double[383];
        for (int k = 0; k < taps.Length; k++)
        {
            double at = k - 191, edge = at / 194.5;
            double sinc = at == 0 ? 0.478435914 : Math.Sin(Math.PI * 0.478435914 * at) / (Math.PI * at);
            taps[k] = sinc * Bessel(13.04 * Math.Sqrt(1 - (edge * edge))) / Bessel(13.04);
        }

        double[] y = new double[(x.Length + 1) / 2];
        for (int n = 0; n < y.Length; n++)
        {
            for (int k = Math.Max(0, 191 - (2 * n)); k < Math.Min(taps.Length, x.Length + 191 - (2 * n)); k++)
            {
                y[n] += taps[k] * x[(2 * n) + k - 191];
            }
        }

        return y;
    }

    private static Complex[] Filter(double frequency, double rate, double alpha, int length)
    {
        double samples = rate / alpha / frequency;
        int from = (int)Math.Floor(-samples / 2), count = (int)Math.Floor(samples / 2) - from;
        double[] window = Fourier.Hann(count);
        Complex[] filter = new Complex[length];
        for (int n = 0; n < count; n++)
        {
            filter[((length - count) / 2) + n] =
                Complex.FromPolarCoordinates(window[n] / window.Sum() * samples / length, 2 * Math.PI * frequency / rate * (from + n));
        }

        Complex[] spectrum = Fourier.Transform(filter, -1)[..((length / 2) + 1)];
        double total = spectrum.Sum(value => value.Magnitude), sum = 0;
        double least = spectrum.Select(value => value.Magnitude).Order().First(value => (sum += value) >= 0.01 * total);
        return [.. spectrum.Select(value => value.Magnitude < least ? 0 : value)];
    }
}
