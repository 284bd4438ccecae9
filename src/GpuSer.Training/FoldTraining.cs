using GpuSer.Cuda;
using GpuSer.Training.Data;
using GpuSer.Training.Evaluation;
using GpuSer.Training.Reports;
using GpuSer.Training.Runs;

namespace GpuSer.Training;

/// <summary>One training of a plan.</summary>
/// <param name="Planned">Its split.</param>
/// <param name="Result">What it came to.</param>
public sealed record FoldResult(PlannedSplit Planned, TrainResult Result);

/// <summary>A training of a plan whose loss was no number any more.</summary>
/// <param name="Planned">Its split.</param>
/// <param name="Reason">What happened, and where.</param>
public sealed record FoldFailure(PlannedSplit Planned, string Reason);

/// <summary>Figures of an epoch, over the folds.</summary>
/// <param name="Accuracy">Share of right predictions.</param>
/// <param name="Uar">Unweighted average recall.</param>
/// <param name="MacroF1">Macro F1.</param>
public sealed record FoldFigures(Spread Accuracy, Spread Uar, Spread MacroF1)
{
    internal static FoldFigures Of(IEnumerable<EpochResult> epochs)
    {
        EpochResult[] all = [.. epochs];
        return new FoldFigures(Spread.Of([.. all.Select(e => e.Accuracy)]), Spread.Of([.. all.Select(e => e.Uar)]), Spread.Of([.. all.Select(e => e.MacroF1)]));
    }
}

/// <summary>What the trainings of a plan came to.</summary>
/// <param name="Folds">Each training that came to its end, in the plan's order; at least one.</param>
/// <param name="Best">Over the epochs that each fold's test chose; they flatter, because the test chose them.</param>
/// <param name="Last">Over the last epochs, which nothing chose.</param>
/// <param name="Pooled">The best epochs' tests together: with k folds or one speaker left out, each recording is judged once.</param>
public sealed record FoldsResult(IReadOnlyList<FoldResult> Folds, FoldFigures Best, FoldFigures Last, EvaluationResult Pooled)
{
    /// <summary>The trainings that are not in the figures, because their loss was no number any more.</summary>
    public IReadOnlyList<FoldFailure> Failures { get; init; } = [];

    /// <summary>How many trainings were planned.</summary>
    public int Planned => Folds.Count + Failures.Count;
}

/// <summary>A fold of a plan begins.</summary>
/// <param name="Fold">Which, from 1.</param>
/// <param name="Folds">How many there are.</param>
/// <param name="Planned">Its split.</param>
public sealed record FoldStarted(int Fold, int Folds, PlannedSplit Planned) : TrainEvent;

/// <summary>The loss of a fold's training was no number any more; the others go on.</summary>
/// <param name="Planned">Its split.</param>
/// <param name="Reason">What happened, and where.</param>
public sealed record FoldFailed(PlannedSplit Planned, string Reason) : TrainEvent;

/// <summary>Trains once for each split of a plan.</summary>
public static class FoldTraining
{
    /// <summary>
    /// Trains each split in its own folder <c>folder/fold-1</c>, from the same weights and seed, and keeps <c>plan.json</c> and <c>folds.csv</c> beside them. The recordings are decoded once.
    /// A fold that diverges is told, and the others go on.
    /// </summary>
    /// <param name="data">The recordings.</param>
    /// <param name="plan">How to split them.</param>
    /// <param name="options">How to train.</param>
    /// <param name="folder">Where to write.</param>
    /// <param name="progress">Told on the training's own thread.</param>
    /// <param name="device">A CUDA device or its emulator; null for the CPU.</param>
    /// <param name="resume">Whether to continue the plan's runs that are there, and read those that are done.</param>
    /// <param name="cancellation">Stops before the next step; folds that are done stay.</param>
    /// <exception cref="TrainingDivergedException">Every fold diverged.</exception>
    /// <exception cref="GpuSerException">As <see cref="Trainer.Run(TrainingData, Split, TrainOptions, string, IProgress{TrainEvent}?, CudaContext?, bool, CancellationToken)"/> and <see cref="SplitPlan.Make"/>.</exception>
    public static FoldsResult Run(
        TrainingData data, SplitPlan plan, TrainOptions options, string folder, IProgress<TrainEvent>? progress = null, CudaContext? device = null,
        bool resume = false, CancellationToken cancellation = default) =>
        Run(data, plan, options, folder, progress, device, resume ? ExistingRun.Continue : ExistingRun.Replace, cancellation);

    /// <summary>As above, with a say in what becomes of a plan that is there.</summary>
    /// <exception cref="GpuSerException">As above, and where a plan or a run is there that shall stay.</exception>
    internal static FoldsResult Run(
        TrainingData data, SplitPlan plan, TrainOptions options, string folder, IProgress<TrainEvent>? progress, CudaContext? device, ExistingRun existing,
        CancellationToken cancellation)
    {
        IReadOnlyList<PlannedSplit> splits = plan.Make(data.Utterances, (ulong)options.Seed);
        using RunLock turn = RunLock.Take(folder);
        if (existing == ExistingRun.Refuse)
        {
            // Another process may have trained into it since it was looked at; and a fold's folder was not looked at.
            RunFolder.RequireNew(folder);
            foreach (PlannedSplit planned in splits)
            {
                RunFolder.RequireNew(Path.Combine(folder, planned.Name));
            }
        }

        new StoredPlan(data.Corpus.Folder, data.Corpus.Dataset, plan, options) { Trainings = splits.Count }.Write(folder);
        List<FoldResult> done = [];
        List<FoldFailure> failed = [];
        foreach (PlannedSplit planned in splits)
        {
            progress?.Report(new FoldStarted(done.Count + failed.Count + 1, splits.Count, planned));
            try
            {
                done.Add(new FoldResult(
                    planned, Trainer.Run(data, planned.Split, options, Path.Combine(folder, planned.Name), progress, device, existing, cancellation)));
            }
            catch (TrainingDivergedException error)
            {
                failed.Add(new FoldFailure(planned, error.Message));
                progress?.Report(new FoldFailed(planned, error.Message));
            }

            FoldTable.Write(folder, splits, done, failed);
        }

        if (done.Count == 0)
        {
            throw new TrainingDivergedException($"none of {splits.Count} folds came to its end; {failed[0].Planned.Name}: {failed[0].Reason}");
        }

        RunReport.TryWrite(folder, data.Corpus with { Utterances = data.Utterances }, progress);
        return new FoldsResult(
            done,
            FoldFigures.Of(done.Select(fold => fold.Result.Best)),
            FoldFigures.Of(done.Select(fold => fold.Result.Epochs[^1])),
            new EvaluationResult(
                $"{(failed.Count == 0 ? "" : $"{done.Count} of ")}{splits.Count} folds together, best epoch of each",
                data.Corpus.Labels, [.. done.SelectMany(fold => fold.Result.BestTest.Judgements)], []))
        {
            Failures = failed,
        };
    }
}
