namespace GpuSer.Training.Experiments;

/// <summary>One training of an ablation.</summary>
/// <param name="Model">What was trained.</param>
/// <param name="Seed">With which seed.</param>
/// <param name="Fold">Which split of the plan: <c>random</c>, <c>fold-1</c>, <c>speaker-03</c>.</param>
/// <param name="Split">The split in words.</param>
/// <param name="Result">What it came to; null where its loss was no number any more.</param>
/// <param name="Failure">Why there is no result; null where there is.</param>
internal sealed record AblationRun(ModelPreset Model, long Seed, string Fold, string Split, TrainResult? Result, string? Failure);

/// <summary>A row of the table: a model's figures over its trainings.</summary>
/// <param name="Model">Which.</param>
/// <param name="Best">Over the epochs that each test chose; null where no training came to its end.</param>
/// <param name="Last">Over the last epochs, which nothing chose; null where no training came to its end.</param>
/// <param name="Runs">The trainings, by seed and fold.</param>
internal sealed record AblationRow(ModelPreset Model, FoldFigures? Best, FoldFigures? Last, IReadOnlyList<AblationRun> Runs)
{
    internal static AblationRow Of(ModelPreset model, IEnumerable<AblationRun> runs)
    {
        AblationRun[] own = [.. runs.Where(run => run.Model == model)];
        TrainResult[] results = [.. own.Select(run => run.Result).OfType<TrainResult>()];
        return results.Length == 0
            ? new AblationRow(model, null, null, own)
            : new AblationRow(model, FoldFigures.Of(results.Select(result => result.Best)), FoldFigures.Of(results.Select(result => result.Epochs[^1])), own);
    }
}

/// <summary>What an ablation came to: the shape of the paper's table 2.</summary>
/// <param name="Folder">Where its runs are.</param>
/// <param name="Plan">What was asked for.</param>
/// <param name="Rows">A row a model, in the plan's order.</param>
internal sealed record AblationResult(string Folder, AblationPlan Plan, IReadOnlyList<AblationRow> Rows)
{
    /// <summary>The trainings whose loss was no number any more.</summary>
    public IReadOnlyList<AblationRun> Failures { get; } = [.. Rows.SelectMany(row => row.Runs).Where(run => run.Failure is not null)];

    /// <summary>The splits of the trainings, in words, each once.</summary>
    public IReadOnlyList<string> Splits { get; } = [.. Rows.SelectMany(row => row.Runs).Select(run => run.Split).Distinct(StringComparer.Ordinal)];
}

/// <summary>A training of an ablation begins, or is read where it was done before.</summary>
/// <param name="Run">Which, from 1.</param>
/// <param name="Runs">How many there are.</param>
/// <param name="Model">What is trained.</param>
/// <param name="Seed">With which seed.</param>
/// <param name="Fold">On which split.</param>
internal sealed record AblationRunStarted(int Run, int Runs, ModelPreset Model, long Seed, string Fold) : TrainEvent;

/// <summary>The loss of a training was no number any more; the others go on.</summary>
/// <param name="Model">What was trained.</param>
/// <param name="Seed">With which seed.</param>
/// <param name="Reason">What happened, and where.</param>
internal sealed record AblationRunFailed(ModelPreset Model, long Seed, string Reason) : TrainEvent;
