using GpuSer.PtxEmulator.Counters;

namespace GpuSer.PtxEmulator.Tests;

/// <summary>Kernels as clang compiles them (Samples/samples.cu), against plain code.</summary>
public class SampleKernelTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(33)]
    [InlineData(1000)]
    [InlineData(4096)]
    public void Saxpy_matches_and_writes_nothing_behind_its_end(int n)
    {
        using var device = new EmulatedDevice();
        float[] x = Ramp(n);
        float[] y = [.. Ramp(n).Select(v => 1 - v), 123, 456];
        ulong deviceX = device.Upload(x);
        ulong deviceY = device.Upload(y);

        device.Launch(device.Load(Sample.Ptx, "saxpy"), (n + 255) / 256, 256, deviceX, deviceY, 2.5f, n);

        float[] expected = [.. y.Select((v, i) => i < n ? MathF.FusedMultiplyAdd(2.5f, x[i], v) : v)];
        Assert.Equal(expected, device.Download<float>(deviceY, n + 2));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2048)]
    [InlineData(10_001)]
    public void Block_sums_match(int n)
    {
        using var device = new EmulatedDevice();
        float[] x = Ramp(n);
        int blocks = (n + 2047) / 2048;
        ulong sums = device.Allocate(4 * blocks);

        device.Launch(device.Load(Sample.Ptx, "reduce"), blocks, 256, device.Upload(x), sums, n);

        double[] expected = [.. x.Chunk(2048).Select(part => part.Sum(v => (double)v * v))];
        float[] actual = device.Download<float>(sums, blocks);
        for (int i = 0; i < blocks; i++)
            Assert.Equal(expected[i], actual[i], 1e-5 * expected[i]);
    }

    [Fact]
    public void Fourier_transform_in_shared_memory_matches_the_sum()
    {
        using var device = new EmulatedDevice();
        const int Size = 1024;
        const int Batch = 3;
        float[] x = Ramp(Size * Batch);
        float[] roots = [.. Enumerable.Range(0, Size / 2).SelectMany(k => new[]
        {
            (float)Math.Cos(2 * Math.PI * k / Size), (float)-Math.Sin(2 * Math.PI * k / Size),
        })];
        ulong y = device.Allocate(8 * Size * Batch);

        device.Launch(device.Load(Sample.Ptx, "fft1024"), Batch, 256, device.Upload(x), y, device.Upload(roots));

        float[] actual = device.Download<float>(y, 2 * Size * Batch);
        for (int b = 0; b < Batch; b++)
        {
            for (int k = 0; k < Size; k += 37)
            {
                double re = 0;
                double im = 0;
                for (int i = 0; i < Size; i++)
                {
                    re += x[(b * Size) + i] * Math.Cos(2 * Math.PI * i * k / Size);
                    im -= x[(b * Size) + i] * Math.Sin(2 * Math.PI * i * k / Size);
                }

                Assert.Equal(re, actual[2 * ((b * Size) + k)], 1e-3);
                Assert.Equal(im, actual[(2 * ((b * Size) + k)) + 1], 1e-3);
            }
        }
    }

    [Fact]
    public void Counters_are_the_same_in_each_run_and_with_any_number_of_workers()
    {
        KernelCounters[] runs = [.. new[] { 1, 2, 2 }.Select(workers =>
        {
            using var device = new EmulatedDevice(new() { Workers = workers });
            ulong y = device.Allocate(8 * 1024 * 50);
            device.Launch(device.Load(Sample.Ptx, "fft1024"), 50, 256, device.Upload(Ramp(1024 * 50)), y, device.Upload(Ramp(1024)));
            return Assert.Single(device.Driver.KernelCounters);
        })];

        Assert.Equal(runs[0], runs[1]);
        Assert.Equal(runs[1], runs[2]);
    }

    private static float[] Ramp(int n) => [.. Enumerable.Range(0, n).Select(i => (i * 37 % 101 / 50f) - 1)];
}
