using GpuSer.Cuda;
using GpuSer.Optim;
using GpuSer.PtxEmulator.Counters;

namespace GpuSer.PtxEmulator.Tests.Kernels;

public sealed class AdamKernelTests
{
    private const double Rate = 1e-3, Beta1 = 0.9, Beta2 = 0.999, Epsilon = 1e-8;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Steps_follow_the_formula_and_clear_gradients_within_guards(int misalignment)
    {
        int[] counts = [1, 3, 64, 1000, 32768, 32769, 70001];
        using KernelDevice device = new(detectRaces: true);
        List<GuardedMemory[]> memory = [.. counts.Select(count => Enumerable.Range(0, 4).Select(_ => new GuardedMemory(device.Context, count + misalignment)).ToArray())];
        Random random = new(7);
        double[][][] expected = new double[counts.Length][][];
        for (int i = 0; i < counts.Length; i++)
        {
            foreach (GuardedMemory values in memory[i])
                values.Values.Clear();
            foreach (ref float value in Of(memory[i][0], misalignment))
                value = (float)random.NextDouble();
            expected[i] = [[.. Of(memory[i][0], misalignment).ToArray().Select(value => (double)value)], new double[counts[i]], new double[counts[i]]];
        }

        ulong offset = (ulong)misalignment * sizeof(float);
        AdamSlot[] slots = [.. memory.Select((m, i) => new AdamSlot(m[0].Address + offset, m[1].Address + offset, m[2].Address + offset, m[3].Address + offset, counts[i]))];
        using AdamCuda adam = new(device.Context, slots, Beta1, Beta2, Epsilon);
        for (int step = 1; step <= 3; step++)
        {
            for (int i = 0; i < counts.Length; i++)
            {
                Span<float> gradient = Of(memory[i][1], misalignment);
                for (int k = 0; k < counts[i]; k++)
                {
                    // Some gradients are zero: their parameters only coast.
                    gradient[k] = k % 5 == 0 ? 0 : (float)((random.NextDouble() - 0.5) * Math.Pow(10, -(k % 7)));
                    Step(expected[i], k, gradient[k], step);
                }
            }

            adam.Run(step, Rate, device.Stream);
        }

        for (int i = 0; i < counts.Length; i++)
        {
            Assert.All(memory[i], values => values.AssertGuards());
            Assert.False(memory[i][1].Values.ContainsAnyExcept(0f));
            for (int k = 0; k < counts[i]; k++)
            {
                Assert.Equal(expected[i][0][k], Of(memory[i][0], misalignment)[k], 1e-6);

                // The mean's terms may cancel: float32's rounding is relative to them, not to their sum.
                Assert.Equal(expected[i][1][k], Of(memory[i][2], misalignment)[k], 1e-7 * Math.Pow(10, -(k % 7)));
                Assert.Equal(expected[i][2][k], Of(memory[i][3], misalignment)[k], (1e-6 * expected[i][2][k]) + 1e-15);
            }
        }

        foreach (GuardedMemory values in memory.SelectMany(m => m))
            values.Dispose();
    }

    [Fact]
    public void A_step_reads_and_writes_each_value_once()
    {
        const int Count = 1 << 20;
        using KernelDevice device = new();
        using DeviceBuffer<float> p = Zeros(), g = Zeros(), m = Zeros(), v = Zeros();
        using AdamCuda adam = new(device.Context, [new AdamSlot(p.Address, g.Address, m.Address, v.Address, Count)]);
        device.Driver.ResetCounters();

        adam.Run(1, Rate, device.Stream);

        KernelCounters counters = Assert.Single(device.Driver.KernelCounters);
        const long Pieces = Count / AdamCuda.PieceElements;
        Assert.Equal((8L * sizeof(float) * Count) + (Pieces * 40), counters.DeviceBytes);
        Assert.InRange(counters.UsefulSectorShare, 0.99, 1);
        Assert.Equal(0, counters.LocalBytes);
        Assert.InRange(counters.LiveRegisters, 1, 64);

        DeviceBuffer<float> Zeros() => new(device.Context, new float[Count]);
    }

    [Fact]
    public void Wrong_arguments_are_refused()
    {
        using KernelDevice device = new();
        AdamSlot slot = new(256, 512, 768, 1024, 4);
        Assert.Throws<ArgumentException>(() => new AdamCuda(device.Context, []));
        Assert.Throws<ArgumentException>(() => new AdamCuda(device.Context, [slot with { Count = 0 }]));
        Assert.Throws<ArgumentOutOfRangeException>(() => new AdamCuda(device.Context, [slot], beta2: 1));
        using AdamCuda adam = new(device.Context, [slot]);
        Assert.Throws<ArgumentOutOfRangeException>(() => adam.Run(0, Rate, device.Stream));
        Assert.Throws<ArgumentOutOfRangeException>(() => adam.Run(1, 0, device.Stream));
    }

    private static Span<float> Of(GuardedMemory memory, int misalignment) => memory.Values[misalignment..];

    private static void Step(double[][] state, int k, double g, int step)
    {
        double m = state[1][k] = (Beta1 * state[1][k]) + ((1 - Beta1) * g);
        double v = state[2][k] = (Beta2 * state[2][k]) + ((1 - Beta2) * g * g);
        double meanHat = m / (1 - Math.Pow(Beta1, step)), squareHat = v / (1 - Math.Pow(Beta2, step));
        state[0][k] -= Rate * meanHat / (Math.Sqrt(squareHat) + Epsilon);
    }
}
