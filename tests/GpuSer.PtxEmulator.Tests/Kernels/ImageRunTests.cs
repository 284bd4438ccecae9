using GpuSer.Cuda;
using GpuSer.Features;
using GpuSer.Features.Image;
using GpuSer.Features.Stft;

namespace GpuSer.PtxEmulator.Tests.Kernels;

public sealed class ImageRunTests
{
    private const int Rows = ImageLayout.Rows;
    private const double Limit = 5e-3;

    [Theory]
    [InlineData(1, 1)]
    [InlineData(1, 511)]
    [InlineData(3, 512 * 8)]
    [InlineData(5, (512 * 16) + 77)]
    [InlineData(2, 20_000)]
    public void Ragged_batches_match_the_cpu_within_guards(int batch, int samples)
    {
        using KernelDevice device = new(detectRaces: true);
        using CudaFeatureExtractor extractor = new(device.Context);
        int frames = StftTables.Frames(samples);
        using GuardedMemory signals = Chirps(device, batch, samples), image = new(device.Context, batch * frames * Rows);

        extractor.Run(signals.Address, samples, batch, samples, image.Address, device.Stream);
        device.Stream.Synchronize();

        signals.AssertGuards();
        image.AssertGuards();
        AssertImage(signals.Values, batch, samples, image.Values);
    }

    [Fact]
    public void A_second_batch_of_other_length_reuses_the_plan_and_allocates_nothing()
    {
        using KernelDevice device = new();
        using CudaFeatureExtractor extractor = new(device.Context);
        const int Longer = 5200, Shorter = 5130;
        int frames = StftTables.Frames(Longer);
        Assert.Equal(frames, StftTables.Frames(Shorter));
        using GuardedMemory first = Chirps(device, 2, Longer), second = Chirps(device, 2, Shorter);
        using GuardedMemory image = new(device.Context, 2 * frames * Rows), other = new(device.Context, 2 * frames * Rows);
        extractor.Run(first.Address, Longer, 2, Longer, image.Address, device.Stream);
        device.Driver.ResetCounters();

        extractor.Run(second.Address, Shorter, 2, Shorter, other.Address, device.Stream);

        Assert.Equal(1, extractor.PlansMade);
        Assert.Equal(0, device.Driver.DriverCounters.Allocations);
        Assert.Equal(1, device.Driver.DriverCounters.GraphLaunches);
        Assert.Equal(0, device.Driver.DriverCounters.Launches);
        Assert.Equal(0, device.Driver.DriverCounters.HostToDeviceCopies + device.Driver.DriverCounters.DeviceToHostCopies);
        AssertImage(first.Values, 2, Longer, image.Values);
        AssertImage(second.Values, 2, Shorter, other.Values);
    }

    [Fact]
    public void Scratch_counts_as_unwritten_again_before_each_run()
    {
        using KernelDevice device = new();
        using DeviceBuffer<float> scratch = new(device.Context, [1f, 2f]);
        float[] read = new float[2];
        scratch.CopyTo(read, device.Stream);

        scratch.Discard(device.Stream);

        CudaException error = Assert.Throws<CudaException>(() => scratch.CopyTo(read, device.Stream));
        Assert.Contains("nobody wrote", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_same_batch_gives_the_same_bits()
    {
        using KernelDevice device = new();
        using CudaFeatureExtractor extractor = new(device.Context);
        const int Samples = 7000;
        int count = 3 * StftTables.Frames(Samples) * Rows;
        using GuardedMemory signals = Chirps(device, 3, Samples), first = new(device.Context, count), second = new(device.Context, count);

        extractor.Run(signals.Address, Samples, 3, Samples, first.Address, device.Stream);
        extractor.Run(signals.Address, Samples, 3, Samples, second.Address, device.Stream);

        Assert.Equal(first.Values, second.Values);
    }

    [Fact]
    public void Blocks_go_where_the_options_put_them()
    {
        using KernelDevice device = new();
        FeatureOptions reversed = new() { Order = [.. FeatureOptions.Default.Order.Reverse()] };
        using CudaFeatureExtractor extractor = new(device.Context, reversed);
        const int Samples = 3000;
        using GuardedMemory signals = Chirps(device, 1, Samples), image = new(device.Context, StftTables.Frames(Samples) * Rows);

        extractor.Run(signals.Address, Samples, 1, Samples, image.Address, device.Stream);

        AssertImage(signals.Values, 1, Samples, image.Values, reversed);
    }

    [Fact]
    public void An_image_in_memory_that_is_not_registered_is_a_fault_and_closes_the_context()
    {
        using KernelDevice device = new();
        using CudaFeatureExtractor extractor = new(device.Context);
        using GuardedMemory signals = Chirps(device, 1, 3000);
        float[] image = GC.AllocateArray<float>(StftTables.Frames(3000) * Rows, pinned: true);
        ulong address = (ulong)System.Runtime.InteropServices.Marshal.UnsafeAddrOfPinnedArrayElement(image, 0);

        PtxFaultException fault = Assert.Throws<PtxFaultException>(
            () => extractor.Run(signals.Address, 3000, 1, 3000, address, device.Stream));

        Assert.Equal(PtxFault.OutOfBounds, fault.Fault);
        Assert.Equal("gpuser_image_f32", fault.Kernel);
        Assert.Same(fault, device.Context.Failure);
        Assert.Throws<CudaException>(() => extractor.Run(signals.Address, 3000, 1, 3000, address, device.Stream));
    }

    [Fact]
    public void Silence_is_an_image_of_zeros_and_of_the_floor()
    {
        using KernelDevice device = new();
        using CudaFeatureExtractor extractor = new(device.Context);
        int frames = StftTables.Frames(3000);
        using GuardedMemory signals = new(device.Context, 3000), image = new(device.Context, frames * Rows);
        signals.Values.Clear();

        extractor.Run(signals.Address, 3000, 1, 3000, image.Address, device.Stream);

        // All decibels are -100: the zeroth coefficient is the same negative number everywhere, the others vanish.
        ImageLayout layout = new(FeatureOptions.Default);
        for (int t = 0; t < frames; t++)
        {
            Assert.Equal(-1, image.Values[(t * Rows) + layout[FeatureBlock.Mfcc]]);
            Assert.Equal(0, image.Values[(t * Rows) + layout[FeatureBlock.Mel] + 5]);
        }
    }

    // Chirps that cross all bands: every row has something to be normalised by.
    internal static GuardedMemory Chirps(KernelDevice device, int batch, int samples)
    {
        GuardedMemory signals = new(device.Context, batch * samples);
        Random random = new(batch * samples);
        for (int i = 0; i < batch * samples; i++)
        {
            double t = (double)(i % samples) / StftTables.SampleRate;
            signals.Values[i] = (float)((0.5 * Math.Sin(2 * Math.PI * t * (100 + (9000 * t) + (50 * (i / samples))))) + (0.05 * (random.NextDouble() - 0.5)));
        }

        return signals;
    }

    internal static void AssertImage(ReadOnlySpan<float> signals, int batch, int samples, ReadOnlySpan<float> image, FeatureOptions? options = null)
    {
        using FeatureExtractor cpu = new(options, threads: 1);
        ImageLayout layout = new(options ?? FeatureOptions.Default);
        int frames = StftTables.Frames(samples);
        float[] expected = new float[frames * Rows];
        for (int b = 0; b < batch; b++)
        {
            cpu.ComputeImage(signals.Slice(b * samples, samples), expected);
            foreach (FeatureBlock block in Enum.GetValues<FeatureBlock>())
            {
                for (int i = 0; i < frames * ImageLayout.RowsOf(block); i++)
                {
                    int at = (i / ImageLayout.RowsOf(block) * Rows) + layout[block] + (i % ImageLayout.RowsOf(block));
                    float value = image[(b * frames * Rows) + at];
                    Assert.True(Math.Abs(value - expected[at]) <= Limit, $"signal {b}, {block}, value {at}: {value} instead of {expected[at]}");
                }
            }
        }
    }
}
