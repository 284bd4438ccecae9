using System.Globalization;
using GpuSer.Features.Hpss;
using GpuSer.IO;
using GpuSer.PtxEmulator.Counters;
using GpuSer.Reference;
using Xunit.Abstractions;

namespace GpuSer.PtxEmulator.Tests.Kernels;

public sealed class HpssKernelTests(ITestOutputHelper output)
{
    [SkippableFact]
    public void Separation_and_contrast_of_every_golden_are_within_the_device_column()
    {
        Skip.IfNot(Golden.Present, "golden files are absent");
        using EmulatedDevice device = new();
        List<string> failures = [];
        Dictionary<string, double> worst = [];
        foreach (string signal in Golden.Signals)
        {
            float[] voiced = Golden.Load(signal, "voiced").Data;
            using GuardedMemory samples = new(device.Context, voiced.Length);
            voiced.CopyTo(samples.Values);
            using SeparationRun run = new(device, samples, voiced.Length, 1, voiced.Length);
            FeatureStage[] stages =
            [
                .. HpssStagesCuda.Read(
                    device.Kernels, run.Hpss, run.Frames, run.Stft.Spectrum.Address, run.Stft.Pitch, samples.Address, voiced.Length, device.Stream),
                new("hp_mel", [64, run.Frames], run.Columns(0, 64)),
                new("contrast", [7, run.Frames], run.Columns(SeparationRun.ContrastColumn, 7)),
            ];
            foreach (FeatureStage stage in stages)
            {
                NpyArray golden = Golden.Load(signal, stage.Name);
                Assert.Equal(golden.Shape, stage.Shape);
                double error = Difference.Between(stage.Data, golden.Data).Relative;
                double limit = Tolerances.Relative(stage.Name, signal, device: true)!.Value;
                worst[stage.Name] = Math.Max(worst.GetValueOrDefault(stage.Name), error / limit);
                if (!(error <= limit))
                    failures.Add($"{signal}/{stage.Name}: {error:E1} of {limit:E1}");
            }
        }

        foreach ((string name, double share) in worst)
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name,-14} {share,6:P0} of its limit"));
        Assert.True(failures.Count == 0, string.Join(Environment.NewLine, failures));
    }

    [Fact]
    public void Counters_for_16_signals_of_3_seconds()
    {
        const int Batch = 16, Samples = 66150, Pitch = 66152;
        using EmulatedDevice device = new();
        using GuardedMemory signals = new(device.Context, Batch * Pitch);
        Random random = new(1);
        foreach (ref float value in signals.Values)
            value = (float)((2 * random.NextDouble()) - 1);
        using SeparationRun run = new(device, signals, Pitch, Batch, Samples);
        output.WriteLine(run.Hpss.Tiling.ToString());
        foreach (KernelCounters c in device.Driver.KernelCounters)
        {
            output.WriteLine(
                $"{c.Kernel}: grid {c.Grid}, useful {c.UsefulSectorShare:P1}, MB {c.DeviceBytes / 1e6:F2}, conflicts {c.BankConflictShare:P1} of {c.SharedAccesses} wave {c.SharedWavefronts}, "
                + $"regs {c.LiveRegisters}, us {device.Driver.Gpu.PredictMicroseconds(c):F2} "
                + string.Join(" ", Enum.GetValues<InstructionClass>().Select(k => $"{k} {c.Instructions[k] / 132 * 32 / GpuModel.LanesPerClock(k) / 1700.0:F2}us")));
        }
    }
}
