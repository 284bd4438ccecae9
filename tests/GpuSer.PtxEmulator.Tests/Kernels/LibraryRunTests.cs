using GpuSer.Cuda;
using GpuSer.Features.Image;
using GpuSer.Features.Stft;
using GpuSer.PtxEmulator.Counters;

namespace GpuSer.PtxEmulator.Tests.Kernels;

/// <summary>Images whose spectra cuFFT makes, and whose filter banks are cuBLAS' matrix products.</summary>
public sealed class LibraryRunTests
{
    private const int Rows = ImageLayout.Rows;

    private static readonly FeatureOptions Libraries = new() { Stft = StftMethod.CuFft, FilterBank = FilterBankMethod.CuBlas };

    [Theory]
    [InlineData(StftMethod.CuFft, FilterBankMethod.Sparse, 3, 512 * 8)]
    [InlineData(StftMethod.Fused, FilterBankMethod.CuBlas, 1, 1)]
    [InlineData(StftMethod.Fused, FilterBankMethod.CuBlas, 5, (512 * 16) + 77)]
    [InlineData(StftMethod.CuFft, FilterBankMethod.CuBlas, 1, 511)]
    [InlineData(StftMethod.CuFft, FilterBankMethod.CuBlas, 2, 9001)]
    public void Ragged_batches_match_the_cpu_within_guards(StftMethod stft, FilterBankMethod filterBank, int batch, int samples)
    {
        using KernelDevice device = new(detectRaces: true);
        using CudaFeatureExtractor extractor = new(device.Context, new FeatureOptions { Stft = stft, FilterBank = filterBank });
        using GuardedMemory signals = ImageRunTests.Chirps(device, batch, samples);
        using GuardedMemory image = new(device.Context, batch * StftTables.Frames(samples) * Rows);

        extractor.Run(signals.Address, samples, batch, samples, image.Address, device.Stream);
        device.Stream.Synchronize();

        signals.AssertGuards();
        image.AssertGuards();
        ImageRunTests.AssertImage(signals.Values, batch, samples, image.Values);
    }

    [Fact]
    public void A_second_batch_of_other_length_reuses_the_plan_and_allocates_nothing()
    {
        using KernelDevice device = new();
        using CudaFeatureExtractor extractor = new(device.Context, Libraries);
        const int Longer = 5200, Shorter = 5130;
        int frames = StftTables.Frames(Longer);
        using GuardedMemory first = ImageRunTests.Chirps(device, 2, Longer), second = ImageRunTests.Chirps(device, 2, Shorter);
        using GuardedMemory image = new(device.Context, 2 * frames * Rows), other = new(device.Context, 2 * frames * Rows);
        extractor.Run(first.Address, Longer, 2, Longer, image.Address, device.Stream);
        device.Driver.ResetCounters();

        extractor.Run(second.Address, Shorter, 2, Shorter, other.Address, device.Stream);

        DriverCounters counters = device.Driver.DriverCounters;
        Assert.Equal(1, extractor.PlansMade);
        Assert.Equal(0, counters.Allocations + counters.FftPlans + counters.Launches);
        Assert.Equal(0, counters.HostToDeviceCopies + counters.DeviceToHostCopies);
        Assert.Equal((3, 8, 9), (counters.GraphLaunches, counters.FftExecutions, counters.MatrixProducts));
        ImageRunTests.AssertImage(first.Values, 2, Longer, image.Values);
        ImageRunTests.AssertImage(second.Values, 2, Shorter, other.Values);
    }

    [Fact]
    public void Signals_of_one_batch_take_the_filters_of_their_own_tunings()
    {
        // A tone on the pitch of A, and one that is a third of a step of twelve away; noise, so that valleys are not rounding errors.
        Random random = new(1);
        using KernelDevice device = new();
        using CudaFeatureExtractor extractor = new(device.Context, Libraries);
        const int Samples = 9000;
        int frames = StftTables.Frames(Samples);
        using GuardedMemory signals = new(device.Context, 2 * Samples), image = new(device.Context, 2 * frames * Rows);
        for (int i = 0; i < 2 * Samples; i++)
        {
            double frequency = 440 * Math.Pow(2, i / Samples * 0.33 / 12);
            double tone = Enumerable.Range(1, 6).Sum(partial => Math.Sin(2 * Math.PI * frequency * partial * (i % Samples) / StftTables.SampleRate) / partial);
            signals.Values[i] = (float)((0.4 * tone) + (0.05 * (random.NextDouble() - 0.5)));
        }

        extractor.Run(signals.Address, Samples, 2, Samples, image.Address, device.Stream);

        using FeatureExtractor cpu = new(threads: 1);
        float[] tunings = [.. Enumerable.Range(0, 2).Select(b => cpu.ComputeStages(signals.Values.Slice(b * Samples, Samples))["tuning_stft"].Data[0])];
        Assert.NotEqual(tunings[0], tunings[1]);
        ImageRunTests.AssertImage(signals.Values, 2, Samples, image.Values);
    }

    [Fact]
    public void Every_kernel_of_the_other_ways_meets_the_goals()
    {
        const int Batch = 4, Samples = 512 * 48;
        using KernelDevice device = new();
        using CudaFeatureExtractor extractor = new(device.Context, Libraries);
        using DeviceBuffer<float> signals = new(device.Context, new float[Batch * Samples]);
        using DeviceBuffer<float> image = new(device.Context, (long)Batch * StftTables.Frames(Samples) * Rows);

        extractor.Run(signals.Address, Samples, Batch, Samples, image.Address, device.Stream);

        IReadOnlyList<FeatureKernel> kernels = extractor.Kernels(Batch, Samples);
        // A frame's twelve classes fill a sector and a half of two; what folds reads a projection of 6 rows of 48 bytes, from the cache.
        foreach ((string name, double useful) in ((string, double)[])
            [("frame", 0.8), ("powers", 0.8), ("maxima", 0.8), ("tuned_bank", 0.8), ("normalise", 0.75), ("fold", 0.7)])
        {
            KernelCounters[] counters = [.. device.Driver.KernelCounters.Where(counter => counter.Kernel == $"gpuser_{name}_f32")];
            FeatureKernel[] listed = [.. kernels.Where(kernel => kernel.Launch.Kernel.Name == $"gpuser_{name}_f32")];
            Assert.NotEmpty(counters);
            Assert.Equal(counters.Sum(counter => counter.Launches), listed.Length);
            Assert.All(counters, counter => Assert.Equal(0, counter.LocalBytes));
            Assert.All(counters, counter => Assert.InRange(counter.UsefulSectorShare, useful, 1));
            Assert.All(counters, counter => Assert.InRange(counter.BankConflictShare, 0, 0.1));
            Assert.InRange(counters.Sum(counter => counter.DeviceBytes) / (double)listed.Sum(kernel => kernel.FloorBytes), 0.99, 1.3);
        }
    }
}
