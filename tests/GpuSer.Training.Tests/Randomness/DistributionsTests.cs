using GpuSer.Training.Randomness;

namespace GpuSer.Training.Tests.Randomness;

public class DistributionsTests
{
    private const int Draws = 200_000;

    // Of Beta(a, a): mean 1/2, variance 1 / (4 (2a + 1)).
    [Theory]
    [InlineData(0.05)]
    [InlineData(0.4)]
    [InlineData(1.0)]
    [InlineData(3.5)]
    public void Beta_has_its_mean_and_variance(double alpha)
    {
        Philox random = new(11, RandomStream.CutMix);
        double[] values = [.. Enumerable.Range(0, Draws).Select(_ => random.NextBeta(alpha, alpha))];
        double variance = 1 / (4 * ((2 * alpha) + 1));

        Assert.All(values, value => Assert.InRange(value, 0, 1));
        Assert.Equal(0.5, values.Average(), 5 * Math.Sqrt(variance / Draws));
        Assert.Equal(variance, values.Average(value => (value - 0.5) * (value - 0.5)), 2e-3);
    }

    // The arcsine law: P(Beta(1/2, 1/2) < x) = 2/pi asin(sqrt(x)).
    [Fact]
    public void Beta_of_one_half_follows_the_arcsine_law()
    {
        Philox random = new(5, RandomStream.CutMix);
        double[] values = [.. Enumerable.Range(0, Draws).Select(_ => random.NextBeta(0.5, 0.5)).Order()];

        for (double x = 0.05; x < 1; x += 0.05)
        {
            double expected = 2 / Math.PI * Math.Asin(Math.Sqrt(x));
            Assert.Equal(expected, values.Count(value => value < x) / (double)Draws, 6e-3);
        }
    }

    [Fact]
    public void Normal_values_have_the_moments_of_a_normal()
    {
        Philox random = new(3, RandomStream.Torch);
        double[] values = [.. Enumerable.Range(0, Draws).Select(_ => random.NextNormal())];

        Assert.Equal(0, values.Average(), 0.01);
        Assert.Equal(1, values.Average(x => x * x), 0.02);
        Assert.Equal(3, values.Average(x => x * x * x * x), 0.1);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(230)]
    public void Integers_are_uniform_below_their_bound(int bound)
    {
        Philox random = new(9, RandomStream.Order);
        int[] counts = new int[bound];
        for (int i = 0; i < 1000 * bound; i++)
        {
            counts[random.NextInt(bound)]++;
        }

        Assert.All(counts, count => Assert.InRange(count, 800, 1200));
    }

    [Fact]
    public void Every_permutation_is_as_likely_as_every_other()
    {
        Philox random = new(21, RandomStream.Order);
        Dictionary<string, int> counts = Enumerable.Range(0, 24_000)
            .Select(_ => string.Join(',', random.NextPermutation(4)))
            .GroupBy(text => text).ToDictionary(group => group.Key, group => group.Count());

        Assert.Equal(24, counts.Count);
        Assert.All(counts.Values, count => Assert.InRange(count, 850, 1150));
    }
}
