using GpuSer.IO;
using GpuSer.Training.Data;
using GpuSer.Training.Evaluation;
using GpuSer.Training.Experiments;
using GpuSer.Training.Models;

namespace GpuSer.Training.Tests.Experiments;

public sealed class AblationTests : IDisposable
{
    private static readonly TrainOptions Options = new()
    {
        Epochs = 2,
        Batch = 4,
        LearningRate = 1e-3,
        MaxGradientNorm = 5,
        Threads = 1,
        Network = new VggOptions { WidthDivisor = 32, Hidden = 16 },
    };

    private readonly SpokenCorpus _spoken = new(3, 2, 'F', 'W');

    public void Dispose() => _spoken.Dispose();

    [Fact]
    public void Rows_sum_up_the_runs_and_a_second_call_reads_them()
    {
        AblationPlan plan = Plan(["A", "F"], [1, 2]);

        AblationResult first = Ablation.Run(_spoken.Corpus, plan, _spoken.Runs);
        Recorder events = new();
        AblationResult second = Ablation.Run(_spoken.Corpus, plan, _spoken.Runs, events);

        Assert.Equal(["A", "F"], first.Rows.Select(row => row.Model.Name));
        AblationRow row = first.Rows[1];
        Assert.Equal([1, 2], row.Runs.Select(run => run.Seed));
        Assert.Equal(Spread.Of([.. row.Runs.Select(run => run.Result!.Best.Accuracy)]), row.Best!.Accuracy);
        Assert.Equal(Spread.Of([.. row.Runs.Select(run => run.Result!.Epochs[^1].Uar)]), row.Last!.Uar);
        Assert.Equal(["stratified, seed 1", "stratified, seed 2"], first.Splits);
        Assert.False(row.Runs[0].Result!.Run.Configuration.Options.PadBatches);
        Assert.Equal(4, events.All.OfType<AblationRunStarted>().Count());
        Assert.DoesNotContain(events.All, happened => happened is TrainStarted or BatchTrained);
        Assert.Equal(first.Rows.SelectMany(r => r.Runs).Select(run => run.Result!.Best), second.Rows.SelectMany(r => r.Runs).Select(run => run.Result!.Best));
    }

    [Fact]
    public void A_cut_ablation_trains_only_the_rest_to_the_same_bits()
    {
        AblationPlan plan = Plan(["A", "F"], [5]);
        AblationResult whole = Ablation.Run(_spoken.Corpus, plan, _spoken.Runs + "1");
        using CancellationTokenSource stop = new();

        // Cut in the second model's first batch.
        Recorder cut = new(all => all.OfType<TrainStarted>().Count() == 2 && all[^1] is BatchTrained, stop);
        Assert.ThrowsAny<OperationCanceledException>(() => Ablation.Run(_spoken.Corpus, plan, _spoken.Runs + "2", cut, cancellation: stop.Token));
        Recorder rest = new();
        AblationResult result = Ablation.Run(_spoken.Corpus, AblationPlan.Read(_spoken.Runs + "2"), _spoken.Runs + "2", rest);

        TrainStarted started = Assert.Single(rest.All.OfType<TrainStarted>());
        Assert.Single(rest.All.OfType<TrainResumed>());
        Assert.Equal(cut.All.OfType<TrainStarted>().Last().Split.Name, started.Split.Name);
        int batches = whole.Rows[1].Runs[0].Result!.Epochs.Count * 3;
        Assert.Equal(batches - 1, rest.All.OfType<BatchTrained>().Count());
        for (int i = 0; i < 2; i++)
        {
            TrainResult expected = whole.Rows[i].Runs[0].Result!, actual = result.Rows[i].Runs[0].Result!;
            Assert.Equal(File.ReadAllBytes(expected.Run.LastWeights), File.ReadAllBytes(actual.Run.LastWeights));
        }
    }

    [Fact]
    public void More_seeds_may_be_added_and_other_options_are_refused()
    {
        TrainOptions options = Options with { Epochs = 1 };
        Ablation.Run(_spoken.Corpus, Plan(["C"], [1], options), _spoken.Runs);
        Recorder events = new();

        AblationResult more = Ablation.Run(_spoken.Corpus, Plan(["C"], [1, 2], options), _spoken.Runs, events);

        Assert.Equal(2, more.Rows[0].Best!.Accuracy.Count);
        Assert.Single(events.All.OfType<TrainStarted>());
        string error = Assert.Throws<InvalidFileException>(
            () => Ablation.Run(_spoken.Corpus, Plan(["C"], [1], options with { Batch = 5 }), _spoken.Runs)).Message;
        Assert.Contains("other options", error, StringComparison.Ordinal);
    }

    [Fact]
    public void Folds_are_runs_of_their_own()
    {
        AblationPlan plan = Plan(["D"], [1], Options with { Epochs = 1 }) with { Split = new SplitPlan { Kind = SplitKind.Loso } };

        AblationResult result = Ablation.Run(_spoken.Corpus, plan, _spoken.Runs);

        Assert.Equal(["speaker-03", "speaker-04", "speaker-05"], result.Rows[0].Runs.Select(run => run.Fold));
        Assert.Equal(3, result.Rows[0].Best!.Accuracy.Count);
        Assert.True(File.Exists(Path.Combine(_spoken.Runs, "D", "seed-1", "speaker-04", "outcome.json")));
    }

    [Fact]
    public void A_model_that_diverges_is_told_and_the_others_go_on()
    {
        AblationPlan plan = Plan(["A", "B"], [1], Options with { LearningRate = 1e30, MaxGradientNorm = null });
        Recorder events = new();

        AblationResult result = Ablation.Run(_spoken.Corpus, plan, _spoken.Runs, events);

        Assert.Equal(2, result.Failures.Count);
        Assert.All(result.Rows, row => Assert.Null(row.Best));
        Assert.Equal(2, events.All.OfType<AblationRunFailed>().Count());
        string[] table = AblationTable.Summary(result.Rows).Split('\n');
        Assert.Equal("A,nothing,0,1,,,,,,,,,,,,,0.8773", table[1]);
        Assert.Equal("B,batch normalisation,0,1,,,,,,,,,,,,,", table[2]);
    }

    [Fact]
    public void Impossible_plans_are_told_whole()
    {
        AblationPlan plan = Plan(["A", "C", "X", "X"], [1, 1], Options with { CutMixAlpha = 0 });

        string[] errors = [.. plan.Errors()];

        Assert.Equal(5, errors.Length);
        Assert.Contains(errors, error => error.Contains("model C leaves out CutMix", StringComparison.Ordinal));
        Assert.Throws<InvalidOptionsException>(() => Ablation.Run(_spoken.Corpus, plan, _spoken.Runs));
        Assert.False(Directory.Exists(_spoken.Runs));
    }

    private AblationPlan Plan(string[] models, long[] seeds, TrainOptions? options = null) =>
        new(_spoken.Folder, EmoDbCorpus.Name, models, seeds, new SplitPlan(), options ?? Options);

    private sealed class Recorder(Func<List<TrainEvent>, bool>? until = null, CancellationTokenSource? stop = null) : IProgress<TrainEvent>
    {
        public List<TrainEvent> All { get; } = [];

        public void Report(TrainEvent value)
        {
            All.Add(value);
            if (until?.Invoke(All) == true)
            {
                stop!.Cancel();
            }
        }
    }
}
