using GpuSer.PtxEmulator.Reports;
using Xunit.Abstractions;

namespace GpuSer.PtxEmulator.Tests.Kernels;

/// <summary>The goals for 16 signals of 3 s, judged by counters.</summary>
public sealed class EfficiencyTests(ITestOutputHelper output)
{
    [Fact]
    public void The_kernels_meet_their_goals_for_16_signals_of_3_seconds()
    {
        KernelReport report = KernelReport.Measure(16, 66150);

        foreach (KernelFigures kernel in report.Kernels)
        {
            double ratio = (double)kernel.DramBytes / kernel.FloorBytes;
            output.WriteLine(
                $"{kernel.Name} {kernel.Grid}: useful {kernel.UsefulSectorShare:P1}, bytes {kernel.DramBytes:N0} = {ratio:F3} of floor, "
                + $"conflicts {kernel.BankConflictShare:P1}, divergent {kernel.DivergentBranchShare:P1}, registers {kernel.LiveRegisters}, "
                + $"{kernel.Instructions:N0} instructions ({string.Join(", ", kernel.InstructionMix.Select(pair => $"{pair.Key} {pair.Value:N0}"))}), "
                + $"predicted {kernel.PredictedMicroseconds:F1} us");
            bool isStft = kernel.Name.Contains("stft", StringComparison.Ordinal);
            // How many peaks it reads is up to the signal.
            bool isTuning = kernel.Name == "gpuser_tuning_f32";
            Assert.Equal(0, kernel.LocalBytes);
            Assert.InRange(kernel.UsefulSectorShare, isStft ? 0.9 : 0.8, 1);
            Assert.InRange(ratio, 0.99, isTuning ? double.PositiveInfinity : isStft ? 1.2 : 1.3);
            Assert.InRange(kernel.BankConflictShare, 0, 0.1);

            // Medians keep their windows in registers; the separation has few threads, and room for that.
            Assert.InRange(kernel.LiveRegisters, 1, kernel.Name.Contains("hpss", StringComparison.Ordinal) ? 144 : 64);
        }

        KernelFigures[] separation = [.. report.Kernels.Where(kernel => kernel.Name.Contains("hpss", StringComparison.Ordinal))];
        Assert.Equal(2, separation.Length);
        Assert.InRange(separation.Sum(kernel => kernel.DramBytes), 1, 33_000_000);
        Assert.InRange(separation.Sum(kernel => kernel.PredictedMicroseconds), 1, 60);
        Assert.InRange(report.Kernels.Count, 1, 24);
        Assert.InRange(report.Total.DramBytes, 1, 120_000_000);
        Assert.InRange(report.Total.PredictedMicroseconds, 0, 300);
        Assert.Equal("16x66150", report.Shape);
        Assert.Equal(report.Kernels.Sum(kernel => kernel.DramBytes), report.Total.DramBytes);
        Assert.Equal(report.Kernels.Sum(kernel => kernel.PredictedMicroseconds), report.Total.PredictedMicroseconds, 1e-9);
    }
}
