using GpuSer.Training;
using GpuSer.Training.Reports;

namespace GpuSer.Console.Output;

/// <summary>Shows what the trainings of several folds came to: each, their mean and spread, and all tests in one matrix.</summary>
internal static class FoldsOutput
{
    public static void Write(TextWriter writer, FoldsResult result, string folder, bool json)
    {
        if (json)
        {
            JsonOutput.Write(writer, Document(result, folder));
            return;
        }

        ConfusionTable.Write(writer, result.Pooled);
        foreach (FoldResult fold in result.Folds)
        {
            EpochResult best = fold.Result.Best;
            writer.WriteLine(
                $"{fold.Planned.Name}: accuracy {Figures.Percent(best.Accuracy)}, uar {Figures.Percent(best.Uar)}, macro F1 {Figures.Percent(best.MacroF1)}, "
                + $"epoch {best.Epoch} of {fold.Result.Epochs.Count} ({fold.Planned.Split.Name})");
        }

        foreach (FoldFailure failure in result.Failures)
        {
            writer.WriteLine($"{failure.Planned.Name}: not in the figures: {failure.Reason}");
        }

        WriteSpread(writer, "best epochs", result.Best);
        WriteSpread(writer, "last epochs", result.Last);
        writer.WriteLine($"mean +- standard deviation over {(result.Failures.Count == 0 ? "" : $"{result.Folds.Count} of ")}{result.Planned} folds; best epochs are chosen by the tests they are judged on, last epochs are not; runs in {folder}, report in {Path.Combine(folder, RunReport.FileName)}");
    }

    private static void WriteSpread(TextWriter writer, string name, FoldFigures figures) =>
        writer.WriteLine($"{name}: accuracy {figures.Accuracy.Percent()}, uar {figures.Uar.Percent()}, macro F1 {figures.MacroF1.Percent()}");

    private static object Document(FoldsResult result, string folder) => new
    {
        Run = folder,
        Report = Path.Combine(folder, RunReport.FileName),
        Folds = result.Folds.Select(fold => new
        {
            fold.Planned.Name,
            Split = fold.Planned.Split.Name,
            Run = fold.Result.Run.Path,
            fold.Result.Best,
            Last = fold.Result.Epochs[^1],
            Speakers = SpeakerTable.Document(fold.Result.BestTest.Speakers),
        }),
        result.Planned,
        Failures = result.Failures.Select(failure => new { failure.Planned.Name, Split = failure.Planned.Split.Name, failure.Reason }),
        result.Best,
        result.Last,
        Pooled = new
        {
            Count = result.Pooled.Confusion.Total,
            result.Pooled.Confusion.Accuracy,
            Uar = result.Pooled.Confusion.UnweightedAverageRecall,
            result.Pooled.Confusion.MacroF1,
            result.Pooled.Confusion.Labels,
            Confusion = result.Pooled.Confusion.Counts,
        },
        result.Folds[0].Result.BadFiles,
    };
}
