namespace GpuSer.Training.Randomness;

/// <summary>Draws from the distributions that training needs.</summary>
internal static class Distributions
{
    /// <summary>A uniform value in [0, 1), of 53 random bits.</summary>
    public static double NextDouble(this Philox random)
    {
        ulong bits = ((ulong)random.NextUInt32() << 32) | random.NextUInt32();
        return (bits >> 11) * (1.0 / (1UL << 53));
    }

    /// <summary>A uniform integer in [0, <paramref name="bound"/>), without bias (Lemire 2019, "Fast random integer generation in an interval").</summary>
    public static int NextInt(this Philox random, int bound)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(bound);
        uint range = (uint)bound;
        uint threshold = (0u - range) % range;
        ulong product;
        do
        {
            product = (ulong)random.NextUInt32() * range;
        }
        while ((uint)product < threshold);

        return (int)(product >> 32);
    }

    /// <summary>A value of the standard normal distribution (Box and Muller 1958).</summary>
    public static double NextNormal(this Philox random)
    {
        double radius = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble()));
        return radius * Math.Cos(2 * Math.PI * random.NextDouble());
    }

    /// <summary>The logarithm of a value of Gamma(shape, 1) (Marsaglia and Tsang 2000; shapes under 1 through shape + 1).</summary>
    /// <remarks>In logarithms because a small shape's values leave the range of double.</remarks>
    public static double NextLogGamma(this Philox random, double shape)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(shape);
        if (shape < 1)
        {
            double boost = Math.Log(1 - random.NextDouble()) / shape;
            return random.NextLogGamma(shape + 1) + boost;
        }

        double d = shape - (1.0 / 3), c = 1 / Math.Sqrt(9 * d);
        while (true)
        {
            double x = random.NextNormal(), cube = 1 + (c * x);
            if (cube <= 0)
            {
                continue;
            }

            double v = cube * cube * cube;
            if (Math.Log(1 - random.NextDouble()) < (0.5 * x * x) + (d * (1 - v + Math.Log(v))))
            {
                return Math.Log(d) + Math.Log(v);
            }
        }
    }

    /// <summary>A value of Beta(a, b), as X / (X + Y) of two gamma values.</summary>
    public static double NextBeta(this Philox random, double a, double b)
    {
        double x = random.NextLogGamma(a), y = random.NextLogGamma(b);
        return 1 / (1 + Math.Exp(y - x));
    }

    /// <summary>Puts the items into a uniformly random order (Fisher and Yates).</summary>
    public static void Shuffle<T>(this Philox random, Span<T> items)
    {
        for (int last = items.Length - 1; last > 0; last--)
        {
            int other = random.NextInt(last + 1);
            (items[last], items[other]) = (items[other], items[last]);
        }
    }

    /// <summary>A uniformly random order of 0 .. <paramref name="count"/> - 1.</summary>
    public static int[] NextPermutation(this Philox random, int count)
    {
        int[] order = [.. Enumerable.Range(0, count)];
        random.Shuffle<int>(order);
        return order;
    }
}
