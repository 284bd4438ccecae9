using System.Diagnostics;
using GpuSer.Reference;
using GpuSer.Training.Data;
using GpuSer.Training.Models;
using Microsoft.Extensions.Logging;

namespace GpuSer.Training.Tests;

public sealed class TelemetryTests : IDisposable
{
    private readonly SpokenCorpus _spoken = new(speakers: 2, textsPerEmotion: 3, 'A', 'T');

    public void Dispose() => _spoken.Dispose();

    [Fact]
    public void A_training_is_counted_traced_and_logged()
    {
        TrainOptions options = new() { Epochs = 2, Batch = 4, Network = new VggOptions { WidthDivisor = 64, Hidden = 8 }, Threads = 1 };
        ListLogger logger = new();
        List<TrainEvent> events = [];
        using Listening heard = new();
        double read = 0, images = 0;
        TrainResult result = Trainer.Run(_spoken.Corpus, options, Path.Combine(_spoken.Runs, "heard"), new TrainLog(logger, new Direct(value =>
        {
            events.Add(value);
            (read, images) = value is EpochFinished ? (heard.Sum("gpuser.files.read"), heard.Sum("gpuser.utterances", "cpu")) : (read, images);
        })));

        int recordings = _spoken.Corpus.Utterances.Count, test = result.BestTest.Judgements.Count, steps = 2 * ((recordings - test + 3) / 4);
        Assert.Equal((recordings, steps), (read, heard.Sum("gpuser.training.steps"))); // the report reads some again
        Assert.Equal(2 * recordings, images);
        string[] parts = ["features", "forward", "backward", "optimiser"];
        Assert.All(parts, part => Assert.Equal(steps, heard.Of("gpuser.training.step.duration", part).Count));
        Assert.Equal(result.Epochs.Sum(epoch => epoch.Steps.Forward), heard.Sum("gpuser.training.step.duration", "forward"), 1e-9);

        Activity[] epochs = [.. heard.Activities.Where(activity => activity.OperationName == "gpuser.training.epoch")];
        Assert.Equal([1, 2], epochs.Select(epoch => (int)epoch.GetTagItem("epoch")!));
        Assert.Equal(steps, heard.Activities.Count(a => a.OperationName == "gpuser.training.step" && epochs.Any(epoch => epoch.SpanId == a.ParentSpanId)));
        Assert.Equal(2, heard.Activities.Count(a => a.OperationName == "gpuser.evaluation" && epochs.Any(epoch => epoch.SpanId == a.ParentSpanId)));

        Assert.Contains($"{recordings - test} recordings to train on, {test} to test with", logger.Lines[0].Text, StringComparison.Ordinal);
        Assert.Equal(2, logger.Lines.Count(line => line.Level == LogLevel.Information && line.Text.StartsWith("Epoch ", StringComparison.Ordinal)));
        Assert.Equal(2, logger.Lines.Count(line => line.Level == LogLevel.Debug && line.Text.StartsWith("Checkpoint ", StringComparison.Ordinal)));
        Assert.Equal(2, events.OfType<CheckpointSaved>().Count());
        Assert.Equal(steps, events.OfType<BatchTrained>().Count());
        AssertFolds(events.OfType<TrainStarted>().Single());
    }

    // Folds have the files that are left out in common; a fold that is left out is told.
    private static void AssertFolds(TrainStarted started)
    {
        ListLogger logger = new();
        TrainLog log = new(logger);
        PlannedSplit first = new("speaker-01", started.Split), second = new("speaker-02", started.Split);
        foreach ((int fold, PlannedSplit planned) in new[] { (1, first), (2, second) })
        {
            log.Report(new FoldStarted(fold, 2, planned));
            log.Report(started with { BadFiles = [new BadFile("a.wav", "is empty")] });
        }

        log.Report(new FoldFailed(second, "the loss is NaN"));

        Assert.Equal("Left out a.wav: is empty", Assert.Single(logger.Lines, line => line.Text.StartsWith("Left out", StringComparison.Ordinal)).Text);
        Assert.Equal(["Fold speaker-01, 1 of 2", "Fold speaker-02, 2 of 2"], logger.Lines.Where(line => line.Text.Contains(" of 2", StringComparison.Ordinal)).Select(line => line.Text));
        Assert.Equal((LogLevel.Warning, "Fold speaker-02 is left out: the loss is NaN"), (logger.Lines[^1].Level, logger.Lines[^1].Text));
    }

    private sealed class Direct(Action<TrainEvent> report) : IProgress<TrainEvent>
    {
        public void Report(TrainEvent value) => report(value);
    }
}
