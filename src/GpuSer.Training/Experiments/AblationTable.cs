using System.Globalization;
using System.Text;
using GpuSer.Training.Data;
using GpuSer.Training.Evaluation;

namespace GpuSer.Training.Experiments;

/// <summary>An ablation's figures as CSV; shares are from 0 to 1.</summary>
internal static class AblationTable
{
    /// <summary>A line a model: mean and sample standard deviation over its trainings. What there is not is empty.</summary>
    public static string Summary(IEnumerable<AblationRow> rows)
    {
        string[] figures = ["accuracy", "uar", "macro_f1", "last_accuracy", "last_uar", "last_macro_f1"];
        StringBuilder text = new("model,leaves_out,runs,failed," + string.Join(',', figures.Select(figure => $"{figure}_mean,{figure}_sd")) + ",paper_accuracy\n");
        foreach (AblationRow row in rows)
        {
            int failed = row.Runs.Count(run => run.Failure is not null);
            Spread?[] spreads =
            [
                row.Best?.Accuracy, row.Best?.Uar, row.Best?.MacroF1, row.Last?.Accuracy, row.Last?.Uar, row.Last?.MacroF1,
            ];
            text.Append(CultureInfo.InvariantCulture, $"{row.Model.Name},{CsvTable.Quoted(row.Model.LeavesOut)},{row.Runs.Count - failed},{failed},")
                .AppendJoin(',', spreads.Select(spread => $"{Number(spread?.Mean)},{Number(spread?.Deviation)}"))
                .Append(',').Append(Number(row.Model.PaperAccuracy)).Append('\n');
        }

        return text.ToString();
    }

    /// <summary>A line a training.</summary>
    public static string Runs(IEnumerable<AblationRun> runs)
    {
        StringBuilder text = new("model,seed,fold,split,best_epoch,accuracy,uar,macro_f1,last_accuracy,last_uar,last_macro_f1,failure\n");
        foreach (AblationRun run in runs)
        {
            EpochResult? best = run.Result?.Best, last = run.Result?.Epochs[^1];
            double?[] figures = [best?.Accuracy, best?.Uar, best?.MacroF1, last?.Accuracy, last?.Uar, last?.MacroF1];
            text.Append(CultureInfo.InvariantCulture, $"{run.Model.Name},{run.Seed},{CsvTable.Quoted(run.Fold)},{CsvTable.Quoted(run.Split)},{best?.Epoch},")
                .AppendJoin(',', figures.Select(Number)).Append(',').Append(CsvTable.Quoted(run.Failure ?? "")).Append('\n');
        }

        return text.ToString();
    }

    private static string Number(double? value) => value?.ToString("R", CultureInfo.InvariantCulture) ?? "";
}
