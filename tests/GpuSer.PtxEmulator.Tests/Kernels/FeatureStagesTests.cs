using System.Globalization;
using GpuSer.IO;
using GpuSer.Reference;
using Xunit.Abstractions;

namespace GpuSer.PtxEmulator.Tests.Kernels;

public sealed class FeatureStagesTests(ITestOutputHelper output)
{
    [SkippableTheory]
    [InlineData(StftMethod.Fused, FilterBankMethod.Sparse)]
    [InlineData(StftMethod.CuFft, FilterBankMethod.Sparse)]
    [InlineData(StftMethod.Fused, FilterBankMethod.CuBlas)]
    [InlineData(StftMethod.CuFft, FilterBankMethod.CuBlas)]
    public void Every_stage_and_image_of_every_golden_is_within_the_device_column(StftMethod stft, FilterBankMethod filterBank)
    {
        Skip.IfNot(Golden.Present, "golden files are absent");
        using KernelDevice device = new();
        using CudaFeatureExtractor extractor = new(device.Context, new FeatureOptions { Stft = stft, FilterBank = filterBank });
        List<string> failures = [];
        Dictionary<string, double> worst = [];
        foreach (string signal in Golden.Signals)
        {
            FeatureStages stages = extractor.ComputeStages(Golden.Load(signal, "voiced").Data);
            Assert.Equal("image", stages[^1].Name);
            foreach (FeatureStage stage in stages)
            {
                NpyArray golden = Golden.Load(signal, stage.Name);
                Assert.Equal(golden.Shape, stage.Shape);
                if (stage.Name == "rows")
                    continue; // The blocks that it is made of are stages themselves.

                bool image = stage.Name == "image";
                double error = image
                    ? Tolerances.ImageExcess(stage.Data, golden.Data, signal, device: true)
                    : Difference.Between(stage.Data, golden.Data).Relative;
                double limit = image ? 1 : Tolerances.Relative(stage.Name, signal, device: true)!.Value;
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
