using GpuSer.Features.Image;
using GpuSer.Features.Stft;
using GpuSer.PtxEmulator.Counters;
using Xunit.Abstractions;

namespace GpuSer.PtxEmulator.Tests.Kernels;

/// <summary>The goals for 16 signals of 3 s, judged by counters.</summary>
public sealed class EfficiencyTests(ITestOutputHelper output)
{
    private const int Batch = 16, Samples = 66150, Pitch = 66152;

    [Fact]
    public void The_kernels_meet_their_goals_for_16_signals_of_3_seconds()
    {
        using KernelDevice device = new();
        using CudaFeatureExtractor extractor = new(device.Context);
        using GuardedMemory signals = new(device.Context, Batch * Pitch), image = new(device.Context, Batch * StftTables.Frames(Samples) * ImageLayout.Rows);
        Random random = new(1);
        foreach (ref float value in signals.Values)
            value = (float)((2 * random.NextDouble()) - 1);

        extractor.Run(signals.Address, Pitch, Batch, Samples, image.Address, device.Stream);

        IReadOnlyList<KernelCounters> counters = device.Driver.KernelCounters;
        IReadOnlyList<FeatureKernel> kernels = extractor.Kernels(Batch, Samples);
        Assert.Equal(kernels.Select(kernel => kernel.Launch.Kernel.Name), counters.Select(counter => counter.Kernel));
        for (int i = 0; i < counters.Count; i++)
        {
            KernelCounters c = counters[i];
            double ratio = (double)c.DeviceBytes / kernels[i].FloorBytes;
            output.WriteLine(
                $"{c.Kernel}: grid {c.Grid}, useful {c.UsefulSectorShare:P1}, device bytes {c.DeviceBytes:N0} = {ratio:F3} of floor, "
                + $"conflicts {c.BankConflictShare:P1}, registers {c.LiveRegisters}, warp instructions {c.Instructions.Total:N0}, divergent {c.DivergentBranches:N0} of {c.Branches:N0}");
            bool isStft = c.Kernel.Contains("stft", StringComparison.Ordinal);
            Assert.Equal(0, c.LocalBytes);
            Assert.InRange(c.UsefulSectorShare, isStft ? 0.9 : 0.8, 1);
            Assert.InRange(ratio, 0.99, isStft ? 1.2 : 1.3);
            Assert.InRange(c.BankConflictShare, 0, 0.1);
            Assert.InRange(c.LiveRegisters, 1, 64);
        }
    }
}
