using GpuSer.Cuda;
using GpuSer.Features;
using GpuSer.Features.Stft;

namespace GpuSer.Verification;

/// <summary>The fused STFT in its other sizes, which features do not use: against a transform in double.</summary>
internal static class StftComparisons
{
    // A float32 transform of 4,096 points stays well under this of one in double.
    private const double Limit = 1e-6;

    private const int Hop = 333, Samples = 9001;

    /// <summary>Sizes from 256 to 4,096.</summary>
    public static IEnumerable<Comparison> Run(CudaContext context)
    {
        using FeatureKernels kernels = new(context);
        for (int length = 256; length <= 4096; length *= 2)
            yield return Compare(kernels, length);
    }

    private static Comparison Compare(FeatureKernels kernels, int length)
    {
        int frames = 1 + (Samples / Hop), values = 2 * ((length / 2) + 1);
        Random random = new(length);
        float[] noise = [.. Enumerable.Range(0, Samples).Select(_ => random.NextSingle() - 0.5f)];
        using CudaStream stream = new(kernels.Context);
        using DeviceBuffer<float> samples = new(kernels.Context, noise);
        using StftCuda stft = new(kernels, 1, frames, length, Hop);
        stft.SetSamples(samples.Address, Samples, Samples);
        stft.Launch.Run(stream);

        double[] window = StftTables.HannWindow(length);
        float[] expected = new float[frames * values], actual = new float[expected.Length];
        for (int t = 0; t < frames; t++)
        {
            stft.Spectrum.CopyTo(actual.AsSpan(t * values, values), stream, 2L * t * stft.Pitch);
            double[] re = new double[length], im = new double[length];
            for (int n = 0; n < length; n++)
            {
                int at = (t * Hop) + n - (length / 2);
                re[n] = at is >= 0 and < Samples ? window[n] * noise[at] : 0;
            }

            HostFft.Forward(re, im);
            for (int k = 0; 2 * k < values; k++)
                (expected[(t * values) + (2 * k)], expected[(t * values) + (2 * k) + 1]) = ((float)re[k], (float)im[k]);
        }

        return new Comparison("stft", $"{length} points", Difference.Between(actual, expected).Relative, Limit);
    }
}
