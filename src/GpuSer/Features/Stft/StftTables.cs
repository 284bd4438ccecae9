namespace GpuSer.Features.Stft;

/// <summary>Sizes and tables of the short-time Fourier transform, made in double and rounded once.</summary>
internal static class StftTables
{
    /// <summary>Samples of a frame.</summary>
    public const int FftLength = 2048;

    /// <summary>Samples from one frame to the next.</summary>
    public const int HopLength = 512;

    /// <summary>Bins of a frame's spectrum, 0 Hz and the Nyquist frequency included.</summary>
    public const int Bins = (FftLength / 2) + 1;

    /// <summary>Samples a second of every signal.</summary>
    public const int SampleRate = 22050;

    /// <summary>Periodic Hann window. [FftLength]</summary>
    public static float[] Window { get; } = [.. HannWindow(FftLength).Select(value => (float)value)];

    /// <summary>Frames of a centred transform: <c>1 + samples / HopLength</c>.</summary>
    public static int Frames(int samples) => 1 + (samples / HopLength);

    /// <summary>Frequency of a bin in Hz.</summary>
    public static double Frequency(double bin) => bin * SampleRate / FftLength;

    /// <summary>Periodic Hann window <c>(1 - cos(2 pi i / length)) / 2</c>.</summary>
    public static double[] HannWindow(int length)
    {
        double[] window = new double[length];
        for (int i = 0; i < length; i++)
        {
            window[i] = 0.5 - (0.5 * Twiddle(i, length).Cos);
        }

        return window;
    }

    /// <summary>Table of <c>exp(-2 pi i k / length)</c>, k = 0..count-1.</summary>
    public static (float[] Cos, float[] MinusSin) Twiddles(int length, int count)
    {
        float[] cos = new float[count], minusSin = new float[count];
        for (int k = 0; k < count; k++)
        {
            (double c, double s) = Twiddle(k, length);
            (cos[k], minusSin[k]) = ((float)c, (float)-s);
        }

        return (cos, minusSin);
    }

    /// <summary>Cosine and sine of <c>2 pi k / length</c>, exact at the eighths of a turn (length a multiple of 8) and equally rounded in all octants.</summary>
    public static (double Cos, double Sin) Twiddle(long k, int length)
    {
        if (length % 8 != 0)
        {
            (double sin, double cos) = Math.SinCos(2 * Math.PI * (k % length) / length);
            return (cos, sin);
        }

        int eighth = length / 8;
        int position = (int)(((k % length) + length) % length);
        (int octant, int rest) = Math.DivRem(position, eighth);
        bool mirrored = (octant & 1) != 0;
        double angle = 2 * Math.PI * (mirrored ? eighth - rest : rest) / length;
        (double s, double c) = Math.SinCos(angle);
        (double x, double y) = mirrored ? (s, c) : (c, s);
        return (octant / 2) switch
        {
            0 => (x, y),
            1 => (-y, x),
            2 => (-x, -y),
            _ => (y, -x),
        };
    }
}
