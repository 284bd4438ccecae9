using static TorchSharp.torch;

namespace GpuSer.LibTorch.Tests;

/// <summary>A tensor's elements in logical order, as float64.</summary>
internal static class Values
{
    public static double[] Of(Tensor tensor)
    {
        using var scope = NewDisposeScope();
        return tensor.to(float64).contiguous().data<double>().ToArray();
    }

    public static void Equal(double[] expected, Tensor actual, double tolerance = 0)
    {
        double[] values = Of(actual);
        Assert.Equal(expected.Length, values.Length);
        for (int i = 0; i < expected.Length; i++)
        {
            if (!(Math.Abs(expected[i] - values[i]) <= tolerance) && !expected[i].Equals(values[i]))
                Assert.Fail($"Element {i}: {values[i]:R} where {expected[i]:R} was expected.");
        }
    }
}
