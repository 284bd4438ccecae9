using GpuSer.Cuda;
using GpuSer.Features.Image;
using GpuSer.Optim;

namespace GpuSer.Verification;

/// <summary>The kernels of training: CutMix moves values and is exact, Adam is held against its formula in double.</summary>
internal static class TrainingComparisons
{
    // Three steps in float32 against the same in double.
    private const double AdamLimit = 1e-6;

    private const double Rate = 1e-3, Beta1 = 0.9, Beta2 = 0.999, Epsilon = 1e-8;

    /// <summary>CutMix, and three steps of Adam.</summary>
    public static IEnumerable<Comparison> Run(CudaContext context)
    {
        using CudaStream stream = new(context);
        yield return Mix(context, stream);
        foreach (Comparison comparison in Adam(context, stream))
            yield return comparison;
    }

    private static Comparison Mix(CudaContext context, CudaStream stream)
    {
        const int Frames = 33, FirstFrame = 3, EndFrame = 30, FirstRow = 10, EndRow = 203;
        int[] partner = [2, 1, 0, 4, 5, 3, 6];
        const int Image = Frames * ImageLayout.Rows;
        float[] before = [.. Enumerable.Range(0, partner.Length * Image)], expected = [.. before], after = new float[before.Length];
        for (int i = 0; i < partner.Length; i++)
        {
            for (int frame = FirstFrame; frame < EndFrame; frame++)
            {
                int at = (frame * ImageLayout.Rows) + FirstRow;
                before.AsSpan((partner[i] * Image) + at, EndRow - FirstRow).CopyTo(expected.AsSpan((i * Image) + at));
            }
        }

        using DeviceBuffer<float> images = new(context, before);
        using CutMixCuda mix = new(context, partner.Length);
        mix.Run(images.Address, Frames, partner, FirstFrame, EndFrame, FirstRow, EndRow, stream);
        images.CopyTo(after, stream);
        return Comparison.Equal<float>("cutmix", $"{partner.Length} images", after, expected);
    }

    private static IEnumerable<Comparison> Adam(CudaContext context, CudaStream stream)
    {
        const int Count = 70_001;
        Random random = new(7);
        double[] parameter = [.. Enumerable.Range(0, Count).Select(_ => (double)random.NextSingle())], mean = new double[Count], square = new double[Count];
        using DeviceBuffer<float> p = new(context, ToFloats(parameter)), m = new(context, new float[Count]), v = new(context, new float[Count]);
        using DeviceBuffer<float> g = new(context, Count);
        using AdamCuda adam = new(context, [new AdamSlot(p.Address, g.Address, m.Address, v.Address, Count)], Beta1, Beta2, Epsilon);
        for (int step = 1; step <= 3; step++)
        {
            float[] gradient = [.. Enumerable.Range(0, Count).Select(_ => random.NextSingle() - 0.5f)];
            g.CopyFrom(gradient, stream);
            adam.Run(step, Rate, stream);
            for (int i = 0; i < Count; i++)
            {
                mean[i] += (1 - Beta1) * (gradient[i] - mean[i]);
                square[i] += (1 - Beta2) * (((double)gradient[i] * gradient[i]) - square[i]);
                double root = Math.Sqrt(square[i] / (1 - Math.Pow(Beta2, step)));
                parameter[i] -= Rate * mean[i] / (1 - Math.Pow(Beta1, step)) / (root + Epsilon);
            }
        }

        float[] cleared = new float[Count];
        g.CopyTo(cleared, stream);
        yield return Comparison.Equal<float>("adam", "gradients cleared", cleared, new float[Count]);
        foreach ((string name, DeviceBuffer<float> buffer, double[] expected) in
            ((string, DeviceBuffer<float>, double[])[])[("parameters", p, parameter), ("means", m, mean), ("squares", v, square)])
        {
            float[] actual = new float[Count];
            buffer.CopyTo(actual, stream);
            yield return new Comparison("adam", name, Difference.Between(actual, ToFloats(expected)).Relative, AdamLimit);
        }
    }

    private static float[] ToFloats(double[] values) => [.. values.Select(value => (float)value)];
}
