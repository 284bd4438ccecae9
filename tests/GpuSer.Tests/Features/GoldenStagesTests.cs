using System.Globalization;
using GpuSer.IO;
using GpuSer.Reference;
using Xunit.Abstractions;

namespace GpuSer.Tests.Features;

public sealed class GoldenStagesTests(ITestOutputHelper output) : IDisposable
{
    private readonly FeatureExtractor _extractor = new(threads: 1);

    public void Dispose() => _extractor.Dispose();

    [SkippableFact]
    public void Every_stage_of_every_signal_is_within_its_tolerance()
    {
        Skip.IfNot(Golden.Present, "golden files are absent");
        Dictionary<string, (double Error, double Share, string Signal)> worst = [];
        List<string> failures = [];
        foreach (string signal in Golden.Signals)
        {
            foreach (FeatureStage stage in _extractor.ComputeStages(Golden.Load(signal, "voiced").Data))
            {
                NpyArray golden = Golden.Load(signal, stage.Name);
                Assert.Equal(golden.Shape, stage.Shape);
                Difference difference = Difference.Between(stage.Data, golden.Data);
                double? limit = Tolerances.Relative(stage.Name, signal);
                double error = limit is null ? difference.Largest : difference.Relative;
                double share = stage.Name switch
                {
                    "rows" => 0,
                    "image" => Tolerances.ImageExcess(stage.Data, golden.Data, signal),
                    _ => limit == 0 ? (difference.Largest == 0 ? 0 : double.PositiveInfinity) : error / limit!.Value,
                };
                if (share > 1)
                {
                    failures.Add($"{signal}/{stage.Name}: {error:E1}, {share:F2} of what is allowed");
                }

                if (!worst.TryGetValue(stage.Name, out var before) || share > before.Share)
                {
                    worst[stage.Name] = (error, share, signal);
                }
            }
        }

        foreach ((string name, (double error, double share, string signal)) in worst)
        {
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name,-15} {error,8:E1}  {share,6:P0} of its limit  {signal}"));
        }

        Assert.True(failures.Count == 0, string.Join(Environment.NewLine, failures));
    }
}
