using GpuSer.Features.Chroma;

namespace GpuSer.Tests.Features;

public class TuningTests
{
    [Theory]
    [InlineData(12)]
    [InlineData(36)]
    public void Frequencies_fall_between_the_edges_of_their_bin(int binsPerOctave)
    {
        TuningCpu tuning = new(binsPerOctave);
        Random random = new(binsPerOctave);
        for (int i = 0; i < 20000; i++)
        {
            double steps = random.NextDouble() * 8 * binsPerOctave;
            double frequency = 27.5 * Math.Pow(2, steps / binsPerOctave);
            double residual = steps - Math.Floor(steps + 0.5);
            double place = (residual + 0.5) * 100;
            if (Math.Abs(place - Math.Round(place)) > 1e-7)
            {
                Assert.Equal((int)Math.Floor(place), tuning.BinOf(frequency));
            }
        }
    }

    [Fact]
    public void Edges_belong_to_the_bin_above()
    {
        TuningCpu tuning = new(12);
        foreach (int octave in new[] { 0, 3, 7 })
        {
            Assert.Equal(50, tuning.BinOf(27.5 * (1 << octave)));
            Assert.Equal(49, tuning.BinOf(Math.BitDecrement(27.5 * (1 << octave))));
        }

        double[] edges = TuningTables.OctaveEdges(12);
        for (int i = 0; i < edges.Length; i++)
        {
            Assert.Equal((i + 50) % 100, tuning.BinOf(27.5 * edges[i] * (1 + 1e-15)));
            Assert.Equal((i + 149) % 100, tuning.BinOf(27.5 * 2 * edges[i] * (1 - 1e-15)));
        }
    }

    [Fact]
    public void Selection_finds_what_sorting_finds()
    {
        Random random = new(2);
        for (int trial = 0; trial < 500; trial++)
        {
            float[] values = [.. Enumerable.Range(0, random.Next(1, 60)).Select(_ => (float)random.Next(20))];
            int n = random.Next(values.Length);
            float expected = values.Order().ElementAt(n);
            Assert.Equal(expected, Selection.Nth(values, n));
            Assert.All(values[..n], value => Assert.True(value <= expected));
        }
    }
}
