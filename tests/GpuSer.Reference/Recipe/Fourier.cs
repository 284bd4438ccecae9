using System.Numerics;

namespace GpuSer.Reference.Recipe;

/// <summary>The recipe's transforms, as the text says them, in double.</summary>
public static class Fourier
{
    public const int SampleRate = 22050;
    public const int Length = 2048;
    public const int Hop = 512;
    public const int Bins = (Length / 2) + 1;

    /// <summary>Complex FFT of a power of two; <paramref name="sign"/> -1 forwards, +1 back, without a factor.</summary>
    public static Complex[] Transform(Complex[] x, int sign)
    {
        if (x.Length == 1)
        {
            return x;
        }

        Complex[] even = Transform([.. x.Where((_, i) => i % 2 == 0)], sign), odd = Transform([.. x.Where((_, i) => i % 2 != 0)], sign);
        Complex[] result = new Complex[x.Length];
        for (int k = 0; k < even.Length; k++)
        {
            Complex turned = Complex.FromPolarCoordinates(1, sign * 2 * Math.PI * k / x.Length) * odd[k];
            (result[k], result[k + even.Length]) = (even[k] + turned, even[k] - turned);
        }

        return result;
    }

    public static double[] Hann(int length) => [.. Enumerable.Range(0, length).Select(i => 0.5 - (0.5 * Math.Cos(2 * Math.PI * i / length)))];

    /// <summary>Centred transform, zeros at both ends. (bins, frames)</summary>
    public static Complex[,] Stft(double[] y, int length = Length, int hop = Hop, double[]? window = null)
    {
        window ??= Hann(length);
        double[] padded = [.. new double[length / 2], .. y, .. new double[length / 2]];
        int frames = 1 + ((padded.Length - length) / hop);
        Complex[,] spectra = new Complex[(length / 2) + 1, frames];
        for (int t = 0; t < frames; t++)
        {
            Complex[] spectrum = Transform([.. window.Select((w, n) => (Complex)(w * padded[(t * hop) + n]))], -1);
            for (int k = 0; k <= length / 2; k++)
            {
                spectra[k, t] = spectrum[k];
            }
        }

        return spectra;
    }

    /// <summary>Inverse of <see cref="Stft"/>, divided by the overlapping windows' squares.</summary>
    public static double[] InverseStft(Complex[,] spectra, int samples)
    {
        double[] window = Hann(Length);
        int frames = spectra.GetLength(1);
        double[] sum = new double[Math.Max(Length + (Hop * (frames - 1)), samples + (Length / 2))], squares = new double[sum.Length];
        for (int t = 0; t < frames; t++)
        {
            Complex[] spectrum = new Complex[Length];
            for (int k = 0; k < Bins; k++)
            {
                // The imaginary parts of the first and last bin belong to no real signal.
                spectrum[k] = k is 0 or Length / 2 ? spectra[k, t].Real : spectra[k, t];
                spectrum[(Length - k) % Length] = Complex.Conjugate(spectrum[k]);
            }

            Complex[] frame = Transform(spectrum, 1);
            for (int n = 0; n < Length; n++)
            {
                sum[(t * Hop) + n] += frame[n].Real / Length * window[n];
                squares[(t * Hop) + n] += window[n] * window[n];
            }
        }

        return [.. Enumerable.Range(Length / 2, samples).Select(i => squares[i] > 1e-30 ? sum[i] / squares[i] : sum[i])];
    }
}
