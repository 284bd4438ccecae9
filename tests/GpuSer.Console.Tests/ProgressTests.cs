using GpuSer.Console.Output;
using GpuSer.Training;
using GpuSer.Training.Data;

namespace GpuSer.Console.Tests;

/// <summary>What is shown of a training while it runs.</summary>
public class ProgressTests
{
    // The longest that a line is in practice.
    private static readonly BatchTrained Batch = new(12, 40, 120, 125, 1.2345, 1, TimeSpan.FromMinutes(99), 1.5, 123.4);

    [Theory]
    [InlineData(120, "epoch 12/40 [#######################.] 120/125 loss 1.235 acc 100.0 % 123 utt/s left 99 min _.:-=+*#_.")]
    [InlineData(79, "epoch 12/40 120/125 loss 1.235 acc 100.0 % 123 utt/s left 99 min _.:-=+*#_.")]
    [InlineData(65, "epoch 12/40 120/125 loss 1.235 acc 100.0 % 123 utt/s left 99 min")]
    [InlineData(60, "epoch 12/40 120/125 loss 1.235 acc 100.0 % left 99 min")]
    [InlineData(50, "epoch 12/40 120/125 loss 1.235 left 99 min")]
    [InlineData(30, "epoch 12/40 120/125 loss 1.235 left 99 min")]
    public void ALineHoldsWhatItsWidthAllows(int width, string expected) => Assert.Equal(expected, BatchLine.Of(Batch, "_.:-=+*#_.", width));

    [Fact]
    public void ACurveIsDrawnBetweenItsLeastAndItsGreatest()
    {
        double[] line = [.. Enumerable.Range(0, 8).Select(i => 3.0 + i)];
        Assert.Equal("▁▂▃▄▅▆▇█", Sparkline.OfAll(line, 20, unicode: true));
        Assert.Equal("_.:-=+*#", Sparkline.OfAll(line, 20, unicode: false));
        Assert.Equal("_-#", Sparkline.OfLast([9, 9, 1, 2, 3], 3, unicode: false).Replace('=', '-'));
        Assert.Equal("___", Sparkline.OfLast([2, 2, 2], 10, unicode: false));
        Assert.Equal("", Sparkline.OfAll([], 10, unicode: true));
        Assert.Equal("_#", Sparkline.OfAll([1, 1, 5, 5], 2, unicode: false)); // means of two
        Assert.Equal(7, Sparkline.OfAll([.. Enumerable.Range(0, 100).Select(i => (double)i)], 7, unicode: true).Length);
    }

    [Fact]
    public void EpochsAreToldInLinesThatFitATerminalAndEndInCurves()
    {
        using StringWriter error = new();
        using (TrainProgress progress = new(new Terminal(TextWriter.Null, error, interactive: false, unicode: true), live: false))
        {
            for (int epoch = 1; epoch <= 12; epoch++)
            {
                EpochResult result = new(epoch, 6 / (double)epoch, 1, 1 + Math.Abs(epoch - 9), 1, 1, 1, 123.4, new StepTimings(12.34, 1, 1, 1), 1);
                progress.Report(new EpochFinished(result, Best: true, TimeSpan.Zero));
            }
        }

        string[] lines = error.ToString().TrimEnd().Split('\n');
        Assert.All(lines, line => Assert.InRange(line.Length, 1, 80));
        Assert.Equal("epoch 12: loss 0.5000 train, 4.0000 test; acc 100.0 %, uar 100.0 %; 123 s, best", lines[11]);
        Assert.Equal("gpuser: train loss 6.0000 █▄▃▂▂▂▁▁▁▁▁▁ 0.5000", lines[12]);
        Assert.Equal("gpuser: test  loss 9.0000 █▇▆▅▅▄▃▂▁▂▃▄ 4.0000, least 1.0000 in epoch 9", lines[13]);
        Assert.Equal("gpuser: 12 epochs in 25 min, 10.0 % of it waiting for features", lines[14]);
    }

    [Fact]
    public void CurvesStandUnderTheFoldTheyAreOf()
    {
        Split split = new("loso", [new Utterance("a.wav", "a.wav", 0, "1")], [new Utterance("b.wav", "b.wav", 0, "2")]);
        using StringWriter error = new();
        using (TrainProgress progress = new(new Terminal(TextWriter.Null, error, interactive: false), live: false))
        {
            foreach ((int fold, double loss) in new[] { (1, 1.0), (2, 2.0), (3, 3.0) })
            {
                progress.Report(new FoldStarted(fold, 3, new PlannedSplit($"speaker-{fold}", split)));
                progress.Report(Epoch(1, loss));
                progress.Report(Epoch(2, loss));
                if (fold == 2)
                {
                    progress.Report(new FoldFailed(new PlannedSplit("speaker-2", split), "the loss is NaN"));
                }
            }
        }

        string[] told = [.. error.ToString().Split('\n').Where(line => line.Contains("speaker", StringComparison.Ordinal) || line.Contains("train loss", StringComparison.Ordinal))];
        Assert.Equal(
            ["speaker-1, 1 of 3", "loss 1.0000", "speaker-2, 2 of 3", "loss 2.0000", "speaker-2: the loss is NaN", "speaker-3, 3 of 3", "loss 3.0000"],
            told.Select(line => line.Replace("gpuser: ", "", StringComparison.Ordinal).Replace("train ", "", StringComparison.Ordinal).Split(" __")[0].Split(';')[0]));
    }

    private static EpochFinished Epoch(int epoch, double loss) =>
        new(new EpochResult(epoch, loss, 1, 1, 1, 1, 1, 1, new StepTimings(0.1, 1, 1, 1), 1), Best: true, TimeSpan.Zero);
}
