using GpuSer.Training.Data;
using GpuSer.Training.Evaluation;
using GpuSer.Training.Inference;
using GpuSer.Training.Models;
using GpuSer.Training.Runs;

namespace GpuSer.Training.Tests;

public sealed class TrainerTests : IDisposable
{
    private static readonly TrainOptions Options = new()
    {
        Epochs = 2,
        Batch = 8,
        LearningRate = 3e-3,
        Seed = 5,
        Threads = 1,
        Network = new VggOptions { WidthDivisor = 32, Hidden = 64 },
    };

    private readonly SpokenCorpus _spoken = new(4, 3, 'F', 'T', 'W');

    public void Dispose() => _spoken.Dispose();

    [Fact]
    public void A_training_learns_and_leaves_a_run_that_judges_and_predicts_alike()
    {
        Recorder recorder = new();
        TrainOptions options = Options with { Epochs = 16, CutMixAlpha = 0, TestSpeakers = ["04"] };

        TrainResult result = Trainer.Run(_spoken.Corpus, options, _spoken.Runs, recorder);

        Assert.True(result.Best.Accuracy >= 0.8, $"accuracy {result.Best.Accuracy}");
        Assert.True(result.Epochs[^1].TrainLoss < 0.5 * result.Epochs[0].TrainLoss);
        RunFolder run = RunFolder.Open(_spoken.Runs);
        Assert.Equal(options with { Network = options.Network with { Classes = 7 } }, run.Configuration.Options with { TestSpeakers = options.TestSpeakers });
        (IReadOnlyList<Utterance> test, IReadOnlyList<string> missing) = run.Split.FindTest(_spoken.Corpus);
        Assert.Empty(missing);
        Assert.All(test, utterance => Assert.Equal("04", utterance.Speaker));

        using EmotionClassifier classifier = EmotionClassifier.Load(run.BestWeights);
        EvaluationResult evaluation = Evaluator.Run(classifier, _spoken.Corpus.Labels, test, run.Split.Name);
        Assert.Equal(result.BestTest.Confusion.Counts, evaluation.Confusion.Counts);
        Assert.Equal(result.BestTest.Loss, evaluation.Loss);
        ConfusionMatrix predicted = new(classifier.Model.Labels);
        foreach (Utterance utterance in test)
        {
            Prediction prediction = classifier.Predict(utterance.Path);
            Assert.Equal(1, prediction.Probabilities.Sum(), 1e-9);
            predicted.Add(utterance.Label, classifier.Model.Labels.ToList().IndexOf(prediction.Label));
        }

        Assert.Equal(evaluation.Confusion.Counts, predicted.Counts);
        AssertEvents(recorder.Events, options, result);
        AssertFiles(run, result);
    }

    [Fact]
    public void The_same_seed_gives_the_same_losses_to_the_last_digit_and_another_seed_others()
    {
        TrainResult first = Trainer.Run(_spoken.Corpus, Options, _spoken.Runs + "1");
        TrainResult second = Trainer.Run(_spoken.Corpus, Options, _spoken.Runs + "2");
        TrainResult other = Trainer.Run(_spoken.Corpus, Options with { Seed = 6 }, _spoken.Runs + "3");

        Assert.Equal(Losses(first), Losses(second));
        Assert.Equal(File.ReadAllBytes(first.Run.LastWeights), File.ReadAllBytes(second.Run.LastWeights));
        Assert.NotEqual(Losses(first), Losses(other));
    }

    [Fact]
    public void Files_that_cannot_be_used_are_listed_and_the_rest_trains()
    {
        File.WriteAllText(_spoken.PathOf("03a09Fa.wav"), "this is text");
        File.WriteAllBytes(_spoken.PathOf("03a09Ta.wav"), []);
        _spoken.Write("03a09Wa.wav", new float[9000]);
        _spoken.Write("03a09Qa.wav", SpokenCorpus.Chord(0, 0, 0));

        TrainResult result = Trainer.Run(_spoken.Corpus, Options with { Epochs = 1 }, _spoken.Runs);

        Assert.Equal(
            ["03a09Fa.wav", "03a09Qa.wav", "03a09Ta.wav", "03a09Wa.wav"], result.BadFiles.Select(bad => Path.GetFileName(bad.Path)).Order());
        Assert.All(result.BadFiles, bad => Assert.DoesNotContain(bad.Path, bad.Reason, StringComparison.Ordinal));
        Assert.Equal(36, result.Run.Split.Train.Count + result.Run.Split.Test.Count);
    }

    [Fact]
    public void Training_goes_on_from_the_weights_of_another_run()
    {
        TrainResult first = Trainer.Run(_spoken.Corpus, Options with { Epochs = 1 }, _spoken.Runs + "1");
        Recorder recorder = new();

        Trainer.Run(_spoken.Corpus, Options with { Epochs = 1, Weights = first.Run.BestWeights }, _spoken.Runs + "2", recorder);

        TrainStarted started = Assert.IsType<TrainStarted>(recorder.Events[0]);
        Assert.True(started.Weights!.Complete);
        Assert.Equal(3e-3, started.LearningRate);
    }

    [Fact]
    public void A_loss_that_is_not_a_number_stops_with_its_place_and_the_way_out()
    {
        TrainingDivergedException error = Assert.Throws<TrainingDivergedException>(
            () => Trainer.Run(_spoken.Corpus, Options with { Epochs = 5, LearningRate = 1e30 }, _spoken.Runs));

        Assert.Matches("^epoch \\d+, batch \\d+ of \\d+: the loss is .*--lr", error.Message);
    }

    [Fact]
    public void A_cancelled_training_stops_and_what_was_saved_can_be_opened()
    {
        using CancellationTokenSource cancellation = new();
        Recorder recorder = new() { On = e => _ = e is EpochFinished ? cancellation.CancelAsync() : null };

        Assert.ThrowsAny<OperationCanceledException>(
            () => Trainer.Run(_spoken.Corpus, Options with { Epochs = 50 }, _spoken.Runs, recorder, cancellation: cancellation.Token));

        RunFolder run = RunFolder.Open(_spoken.Runs);
        Assert.Equal(2, File.ReadAllLines(run.Results).Length);
        EmotionClassifier.Load(run.LastWeights).Dispose();
    }

    [Fact]
    public void Impossible_options_leave_no_folder()
    {
        Assert.Throws<InvalidOptionsException>(() => Trainer.Run(_spoken.Corpus, Options with { Batch = 0 }, _spoken.Runs));

        Assert.False(Directory.Exists(_spoken.Runs));
    }

    [Fact]
    public void Weights_for_other_labels_are_refused()
    {
        TrainResult result = Trainer.Run(_spoken.Corpus, Options with { Epochs = 1 }, _spoken.Runs);
        using EmotionClassifier classifier = EmotionClassifier.Load(result.Run.BestWeights);

        Assert.Throws<TrainingException>(() => Evaluator.Run(classifier, ["a", "b"], _spoken.Corpus.Utterances, "all"));
        Assert.Throws<TrainingException>(() => Evaluator.Run(classifier, _spoken.Corpus.Labels, [], "none"));
    }

    [Fact]
    public void A_long_recording_is_walked_in_windows_and_silence_has_no_verdict()
    {
        TrainResult result = Trainer.Run(_spoken.Corpus, Options with { Epochs = 1 }, _spoken.Runs);
        using EmotionClassifier classifier = EmotionClassifier.Load(result.Run.BestWeights);
        float[] second = [.. Enumerable.Range(0, 22050).Select(i => 0.5f * MathF.Sin(i * 0.1f))];
        _spoken.Write("long.wav", [.. second, .. new float[3 * 22050], .. second]);

        Prediction prediction = classifier.Predict(
            _spoken.PathOf("long.wav"), new PredictOptions { WindowSeconds = 1, HopSeconds = 1, WholeSeconds = 2 });

        Assert.Equal(5, prediction.Seconds);
        Assert.Equal([(0.0, 1.0), (4.0, 5.0)], prediction.Timeline.Where(w => w.Start is 0 or 4).Select(w => (w.Start, w.End)));
        Assert.DoesNotContain(prediction.Timeline, window => window.Start == 2);
        Assert.Equal(
            prediction.Timeline.Average(window => window.Probabilities[3]), prediction.Probabilities[3], 1e-12);
        Assert.Empty(classifier.Predict(_spoken.PathOf("long.wav")).Timeline);
    }

    private static IEnumerable<(double, double)> Losses(TrainResult result) => result.Epochs.Select(epoch => (epoch.TrainLoss, epoch.TestLoss));

    private static void AssertEvents(List<TrainEvent> events, TrainOptions options, TrainResult result)
    {
        TrainStarted started = Assert.IsType<TrainStarted>(events[0]);
        Assert.Equal(options.Rate(), started.LearningRate);
        int batches = (started.Split.Train.Count + options.Batch - 1) / options.Batch;
        Assert.Equal(batches * options.Epochs, events.OfType<BatchTrained>().Count());
        Assert.Equal(result.Epochs, events.OfType<EpochFinished>().Select(finished => finished.Result));
        Assert.Equal(TimeSpan.Zero, events.OfType<BatchTrained>().Last().TimeLeft);
        Assert.All(result.Epochs, epoch => Assert.True(epoch.Steps.Total + epoch.TestSeconds <= epoch.Seconds));
    }

    private static void AssertFiles(RunFolder run, TrainResult result)
    {
        string[] lines = File.ReadAllLines(run.Results);
        Assert.StartsWith("epoch,train_loss,test_loss,accuracy,uar,seconds,", lines[0], StringComparison.Ordinal);
        Assert.Equal(result.Epochs.Count + 1, lines.Length);
        Assert.All(lines, line => Assert.Equal(13, line.Split(',').Length));
        string[] confusion = File.ReadAllLines(run.Confusion);
        Assert.Equal(8, confusion.Length);
        Assert.Equal(
            result.BestTest.Confusion.Total, confusion.Skip(1).Sum(line => line.Split(',').Skip(1).Sum(text => int.Parse(text, provider: null))));
    }

    private sealed class Recorder : IProgress<TrainEvent>
    {
        public List<TrainEvent> Events { get; } = [];

        public Func<TrainEvent, Task?>? On { get; init; }

        public void Report(TrainEvent value)
        {
            Events.Add(value);
            On?.Invoke(value);
        }
    }
}
