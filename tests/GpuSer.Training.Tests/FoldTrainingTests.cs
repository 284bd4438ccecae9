using GpuSer.Training.Data;
using GpuSer.Training.Evaluation;
using GpuSer.Training.Models;
using GpuSer.Training.Runs;
using GpuSer.Training.Tests.Data;

namespace GpuSer.Training.Tests;

public sealed class FoldTrainingTests : IDisposable
{
    private static readonly TrainOptions Options = new()
    {
        Epochs = 1,
        Batch = 8,
        LearningRate = 3e-3,
        Seed = 5,
        Threads = 1,
        Network = new VggOptions { WidthDivisor = 32, Hidden = 64 },
    };

    private readonly SpokenCorpus _spoken = new(3, 2, 'F', 'W');

    public void Dispose() => _spoken.Dispose();

    [Fact]
    public void Each_fold_is_a_run_of_its_own_and_figures_are_over_all()
    {
        TrainingData data = TrainingData.Load(_spoken.Corpus, Options);
        List<TrainEvent> events = [];

        FoldsResult result = FoldTraining.Run(data, new SplitPlan { Kind = SplitKind.Loso }, Options, _spoken.Runs, new Recorder(events));

        Assert.Equal(["speaker-03", "speaker-04", "speaker-05"], result.Folds.Select(fold => fold.Planned.Name));
        Assert.Equal([1, 2, 3], events.OfType<FoldStarted>().Select(started => started.Fold));
        double[] accuracies = [.. result.Folds.Select(fold => fold.Result.Best.Accuracy)];
        Assert.Equal(Spread.Of(accuracies), result.Best.Accuracy);
        Assert.Equal(12, result.Pooled.Confusion.Total);
        string[] lines = File.ReadAllLines(Path.Combine(_spoken.Runs, "folds.csv"));
        Assert.Equal(4, lines.Length);
        Assert.All(lines, line => Assert.Equal(12, line.Split(',').Length));
        Assert.Throws<IO.InvalidFileException>(() => RunFolder.RequireFree(_spoken.Runs));
        foreach (FoldResult fold in result.Folds)
        {
            RunFolder run = RunFolder.Open(Path.Combine(_spoken.Runs, fold.Planned.Name));
            Assert.Equal(fold.Planned.Split.Test.Select(u => u.Name), run.Split.Test);
            string speaker = fold.Planned.Name[^2..];
            Assert.Equal([speaker], fold.Result.BestTest.Speakers.Select(one => one.Speaker));
            Assert.StartsWith($"{speaker},4,", File.ReadAllLines(run.Speakers)[1], StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_fold_trains_as_the_same_split_does_alone()
    {
        TrainingData data = TrainingData.Load(_spoken.Corpus, Options);

        FoldsResult folds = FoldTraining.Run(data, new SplitPlan { Kind = SplitKind.Loso }, Options, _spoken.Runs + "1");
        TrainResult alone = Trainer.Run(_spoken.Corpus, Options with { TestSpeakers = ["04"] }, _spoken.Runs + "2");

        Assert.Equal(File.ReadAllBytes(alone.Run.LastWeights), File.ReadAllBytes(folds.Folds[1].Result.Run.LastWeights));
    }

    [Fact]
    public void A_fold_that_diverges_is_told_and_the_others_go_on()
    {
        TrainingData data = TrainingData.Load(_spoken.Corpus, Options);
        List<TrainEvent> events = [];

        // While the second fold trains, a recording of the first speaker, whom it trains on, is no signal.
        float[] samples = data.Voiced.First(voiced => voiced.Utterance.Speaker == "03").Samples;
        float first = samples[0];
        Recorder recorder = new(events, told => samples[0] = told switch { FoldStarted { Fold: 2 } => float.NaN, FoldStarted => first, _ => samples[0] });
        FoldsResult result = FoldTraining.Run(data, new SplitPlan { Kind = SplitKind.Loso }, Options, _spoken.Runs, recorder);

        FoldFailure failure = Assert.Single(result.Failures);
        Assert.Equal("speaker-04", failure.Planned.Name);
        Assert.Matches("^epoch 1, batch \\d of \\d: the loss is NaN", failure.Reason);
        Assert.Equal(failure.Reason, Assert.Single(events.OfType<FoldFailed>()).Reason);
        Assert.Equal([1, 2, 3], events.OfType<FoldStarted>().Select(started => started.Fold));
        Assert.Equal(["speaker-03", "speaker-05"], result.Folds.Select(fold => fold.Planned.Name));
        Assert.Equal((2, 3), (result.Best.Accuracy.Count, result.Planned));
        Assert.Equal(8, result.Pooled.Confusion.Total);
        Assert.Equal("2 of 3 folds together, best epoch of each", result.Pooled.Split);

        string[] lines = File.ReadAllLines(Path.Combine(_spoken.Runs, "folds.csv"));
        Assert.Equal(4, lines.Length);
        Assert.StartsWith("speaker-04,", lines[2], StringComparison.Ordinal);
        Assert.Contains(",8,4,,,,,,,,\"epoch 1, batch", lines[2], StringComparison.Ordinal);
        Assert.Equal(3, StoredPlan.Read(_spoken.Runs).Trainings);
        string page = File.ReadAllText(Path.Combine(_spoken.Runs, "report.html"));
        Assert.Contains("Not in the figures: runs, speaker-04: epoch 1", page, StringComparison.Ordinal);
        Assert.DoesNotContain("\"name\":\"speaker-04\"", page, StringComparison.Ordinal);
        Assert.Contains("\"name\":\"speaker-05\"", page, StringComparison.Ordinal);
    }

    [Fact]
    public void A_fold_that_diverged_after_an_epoch_is_not_in_the_report_either()
    {
        TrainingData data = TrainingData.Load(_spoken.Corpus, Options);
        float[] samples = data.Voiced.First(voiced => voiced.Utterance.Speaker == "03").Samples;
        float first = samples[0];
        Recorder recorder = new([], told => samples[0] = told switch { FoldStarted => first, EpochFinished { Result.Epoch: 1 } when Path.Exists(Path.Combine(_spoken.Runs, "speaker-04")) && !Path.Exists(Path.Combine(_spoken.Runs, "speaker-05")) => float.NaN, _ => samples[0] });

        FoldsResult result = FoldTraining.Run(data, new SplitPlan { Kind = SplitKind.Loso }, Options with { Epochs = 2, Augmentation = null }, _spoken.Runs, recorder);

        Assert.StartsWith("epoch 2, ", Assert.Single(result.Failures).Reason, StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(_spoken.Runs, "speaker-04", "predictions.csv")));
        Assert.DoesNotContain("\"name\":\"speaker-04\"", File.ReadAllText(Path.Combine(_spoken.Runs, "report.html")), StringComparison.Ordinal);
    }

    [Fact]
    public void Where_every_fold_diverges_there_are_no_figures()
    {
        TrainingData data = TrainingData.Load(_spoken.Corpus, Options);

        string error = Assert.Throws<TrainingDivergedException>(() => FoldTraining.Run(
            data, new SplitPlan { Kind = SplitKind.Loso }, Options with { Epochs = 3, LearningRate = 1e30 }, _spoken.Runs)).Message;

        Assert.StartsWith("none of 3 folds came to its end; speaker-03: epoch ", error, StringComparison.Ordinal);
        Assert.Equal(3, File.ReadAllLines(Path.Combine(_spoken.Runs, "folds.csv")).Count(line => line.Contains("--lr", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_recording_under_two_names_is_used_once_whatever_they_say()
    {
        using DataTree tree = new();
        tree.Tone("03a01Fa.wav", 0).Tone("08a01Fa.wav", 0, 1).Tone("copies/09a01Fa.wav", 0).Tone("copies/10a01Wa.wav", 0);

        TrainingData data = TrainingData.Load(tree.Load(), Options);

        Assert.Equal(["03a01Fa.wav", "08a01Fa.wav"], data.Utterances.Select(u => u.Name));
        Assert.Equal(["09a01Fa.wav", "10a01Wa.wav"], data.BadFiles.Select(bad => Path.GetFileName(bad.Path)));
        Assert.All(data.BadFiles, bad => Assert.Contains("03a01Fa.wav", bad.Reason, StringComparison.Ordinal));
        Assert.Contains("happiness and not anger", data.BadFiles[1].Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_report_counts_what_there_is()
    {
        using DataTree tree = new();
        tree.Tone("03a01Fa.wav", 0).Tone("08a01Wa.wav", 1, 1).Tone("09a01Wa.wav", 0).Text("03a02Fa.wav", "text").With("notes.wav");

        CorpusReport report = CorpusReport.Make(tree.Load());

        Assert.Equal(3, report.Usable.Count);
        Assert.Equal(["notes.wav", "03a02Fa.wav"], report.BadFiles.Select(bad => Path.GetFileName(bad.Path)));
        Assert.Equal([new Tally(22050, 3)], report.SampleRates);
        Assert.Equal([new Tally(1, 3)], report.Channels);
        Assert.Equal(["03a01Fa.wav", "09a01Wa.wav"], Assert.Single(report.Copies).Select(u => u.Name));
        // Chord's lengths: 7700 samples for speaker 0, and 613 more for speaker 1.
        Durations durations = report.Durations!;
        Assert.Equal(((2 * 7700) + 8313) / 22050.0, durations.Total, 1e-12);
        Assert.Equal((7700 / 22050.0, 7700 / 22050.0, 8313 / 22050.0), (durations.Min, durations.Median, durations.Max));
        Assert.Equal(durations.Total, durations.Voiced, 1e-12);
    }

    private sealed class Recorder(List<TrainEvent> events, Action<TrainEvent>? also = null) : IProgress<TrainEvent>
    {
        public void Report(TrainEvent value)
        {
            events.Add(value);
            also?.Invoke(value);
        }
    }
}
