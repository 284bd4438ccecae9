using System.Globalization;
using GpuSer.IO;
using GpuSer.Reference;
using Xunit.Abstractions;

namespace GpuSer.PtxEmulator.Tests.Kernels;

public sealed class FeatureStagesTests(ITestOutputHelper output)
{
    [SkippableFact]
    public void Every_stage_of_every_golden_is_within_the_device_column()
    {
        Skip.IfNot(Golden.Present, "golden files are absent");
        using KernelDevice device = new();
        using CudaFeatureExtractor extractor = new(device.Context);
        List<string> failures = [];
        Dictionary<string, double> worst = [];
        foreach (string signal in Golden.Signals)
        {
            foreach (FeatureStage stage in extractor.ComputeStages(Golden.Load(signal, "voiced").Data))
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
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name,-12} {share,6:P0} of its limit"));
        Assert.True(failures.Count == 0, string.Join(Environment.NewLine, failures));
    }
}
