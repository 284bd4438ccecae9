using GpuSer.Features;
using GpuSer.Features.Hpss;
using GpuSer.Reference.Recipe;

namespace GpuSer.Tests.Features;

public sealed unsafe class SlidingMedianTests
{
    private readonly SlidingMedian _median = new();

    [Theory]
    [InlineData(16, 1)]
    [InlineData(16, 7)]
    [InlineData(16, 4000)]
    [InlineData(11, 4000)]
    [InlineData(1, 4000)]
    public void Medians_are_those_of_sorting(int count, int distinct)
    {
        Random random = new(count + distinct);
        int width = Lanes.Count;
        for (int trial = 0; trial < 200; trial++)
        {
            float[] values = [.. Enumerable.Range(0, SlidingMedian.Span * width).Select(_ => (float)random.Next(distinct))];
            int[] offsets = [.. Enumerable.Range(0, SlidingMedian.Span).Select(i => i * width)];
            float[] medians = new float[(SlidingMedian.Group + 1) * width];
            Array.Fill(medians, float.NaN);
            fixed (float* v = values, m = medians)
            {
                fixed (int* o = offsets)
                {
                    _median.Run(v, o, m, width, count);
                }
            }

            for (int i = 0; i < medians.Length; i++)
            {
                (int window, int lane) = Math.DivRem(i, width);
                float expected = window < count
                    ? Enumerable.Range(window, 31).Select(e => values[(e * width) + lane]).Order().ElementAt(15)
                    : float.NaN;
                Assert.Equal(expected, medians[i]);
            }
        }
    }

    [Fact]
    public void Inputs_of_zeros_and_ones_are_right()
    {
        // A network of comparators that is right for all zeros and ones is right for everything (the 0-1 principle).
        Random random = new(5);
        int width = Lanes.Count;
        for (int trial = 0; trial < 3000; trial++)
        {
            double share = random.NextDouble();
            float[] values = [.. Enumerable.Range(0, SlidingMedian.Span * width).Select(_ => random.NextDouble() < share ? 1f : 0f)];
            int[] offsets = [.. Enumerable.Range(0, SlidingMedian.Span).Select(i => i * width)];
            float[] medians = new float[SlidingMedian.Group * width];
            fixed (float* v = values, m = medians)
            {
                fixed (int* o = offsets)
                {
                    _median.Run(v, o, m, width, SlidingMedian.Group);
                }
            }

            for (int i = 0; i < medians.Length; i++)
            {
                (int window, int lane) = Math.DivRem(i, width);
                int ones = 0;
                for (int e = window; e < window + 31; e++)
                {
                    ones += (int)values[(e * width) + lane];
                }

                Assert.Equal(ones >= 16 ? 1 : 0, medians[i]);
            }
        }
    }

    [Fact]
    public void Mirror_repeats_the_edge_as_often_as_needed()
    {
        for (int length = 1; length < 20; length++)
        {
            for (int i = -50; i < 80; i++)
            {
                Assert.Equal(Separation.Mirror(i, length), SlidingMedian.Mirror(i, length));
            }
        }

        Assert.Equal([1, 0, 0, 1, 2, 2, 1], Enumerable.Range(-2, 7).Select(i => SlidingMedian.Mirror(i, 3)));
    }
}
