namespace GpuSer.Features.Stft;

/// <summary>Sizes and tables of the fused STFT kernel (<c>kernels/stft/stft.cu</c>, <c>fourier.cuh</c>).</summary>
internal static class StftCudaTables
{
    public const int SmallestFused = 256;
    public const int LargestFused = 4096;

    /// <summary>Whether the fused kernel serves frames of this length: powers of two from 256 to 4096.</summary>
    public static bool IsFused(int fftLength) => fftLength is >= SmallestFused and <= LargestFused && int.IsPow2(fftLength);

    /// <summary>Complex values from one frame's spectrum to the next: bins, filled up to a 32-byte sector.</summary>
    public static int SpectrumPitch(int fftLength) => ((fftLength / 2) + 1 + 3) / 4 * 4;

    /// <summary>Twiddles of the passes after the first, then the turns that part the real transform, as pairs (re, im).</summary>
    public static float[] Twiddles(int fftLength)
    {
        int half = fftLength / 2;
        List<float> table = [];
        for (int done = Radix(half, 1), radix; done < half; done *= radix)
        {
            radix = Radix(half, done);
            for (int r = 1; r < radix; r++)
            {
                for (int k = 0; k < done; k++)
                    Add((long)r * k, done * radix);
            }
        }

        for (int k = 0; k < half / 2; k++)
            Add(k, fftLength);
        return [.. table];

        void Add(long k, int length)
        {
            (double cos, double sin) = StftTables.Twiddle(k, length);
            table.Add((float)cos);
            table.Add((float)-sin);
        }
    }

    // As fourier_radix in kernels/stft/fourier.cuh.
    private static int Radix(int size, int done) => size / done is 16 or 4 ? 4 : 8;
}
