namespace GpuSer.Features.Stft;

/// <summary>A plain complex FFT in double, for making tables.</summary>
internal static class HostFft
{
    /// <summary>Transforms in place, <c>X[k] = sum x[n] exp(-2 pi i k n / length)</c>; the length is a power of two.</summary>
    public static void Forward(double[] re, double[] im)
    {
        int length = re.Length;
        for (int i = 1, j = 0; i < length; i++)
        {
            int bit = length >> 1;
            for (; (j & bit) != 0; bit >>= 1)
            {
                j ^= bit;
            }

            j ^= bit;
            if (i < j)
            {
                (re[i], re[j], im[i], im[j]) = (re[j], re[i], im[j], im[i]);
            }
        }

        for (int half = 1; half < length; half *= 2)
        {
            for (int k = 0; k < half; k++)
            {
                (double sin, double cos) = Math.SinCos(-Math.PI * k / half);
                for (int a = k; a < length; a += 2 * half)
                {
                    int b = a + half;
                    double x = (re[b] * cos) - (im[b] * sin), y = (re[b] * sin) + (im[b] * cos);
                    (re[b], im[b]) = (re[a] - x, im[a] - y);
                    (re[a], im[a]) = (re[a] + x, im[a] + y);
                }
            }
        }
    }
}
