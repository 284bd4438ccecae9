using System.Globalization;
using System.Text;
using GpuSer.IO;
using GpuSer.Training.Data;
using GpuSer.Training.Weights;

namespace GpuSer.Training.Runs;

/// <summary>
/// The figures of a plan's trainings: the contents of <c>folds.csv</c>, a line a fold, written anew after each. One that diverged has no figures, and says why.
/// </summary>
internal static class FoldTable
{
    /// <summary>Its name in the run folder.</summary>
    public const string FileName = "folds.csv";

    private const string NameColumn = "fold", FailureColumn = "failure";

    /// <summary>Writes the lines of the folds that have ended, well or not.</summary>
    public static void Write(string folder, IEnumerable<PlannedSplit> planned, IReadOnlyList<FoldResult> folds, IReadOnlyList<FoldFailure> failures)
    {
        StringBuilder text = new($"{NameColumn},split,train,test,best_epoch,accuracy,uar,macro_f1,last_accuracy,last_uar,last_macro_f1,{FailureColumn}\n");
        foreach (PlannedSplit one in planned)
        {
            TrainResult? result = folds.FirstOrDefault(fold => fold.Planned == one)?.Result;
            string? failure = failures.FirstOrDefault(fold => fold.Planned == one)?.Reason;
            if (result is null && failure is null)
            {
                continue; // its turn is still to come
            }

            EpochResult? best = result?.Best, last = result?.Epochs[^1];
            double?[] figures = [best?.Accuracy, best?.Uar, best?.MacroF1, last?.Accuracy, last?.Uar, last?.MacroF1];
            text.Append(CultureInfo.InvariantCulture, $"{one.Name},{CsvTable.Quoted(one.Split.Name)},{one.Split.Train.Count},{one.Split.Test.Count},{best?.Epoch},")
                .AppendJoin(',', figures.Select(figure => figure?.ToString("R", CultureInfo.InvariantCulture)))
                .Append(',').Append(CsvTable.Quoted(failure ?? "")).Append('\n');
        }

        AtomicFile.WriteText(Path.Combine(folder, FileName), text.ToString());
    }

    /// <summary>The folds of a folder that diverged, with the reason; none where the folder has no table.</summary>
    /// <exception cref="InvalidFileException">The table is damaged.</exception>
    public static IReadOnlyDictionary<string, string> Failures(string folder)
    {
        string path = Path.Combine(folder, FileName);
        if (!File.Exists(path))
        {
            return new Dictionary<string, string>();
        }

        CsvTable table = CsvTable.Read(path);
        int name = table.Column(NameColumn), failure = table.Column(FailureColumn);
        HashSet<string> folds = new(StringComparer.Ordinal);
        Dictionary<string, string> failures = new(StringComparer.Ordinal);
        foreach (CsvRow row in table.Rows)
        {
            if (CsvTable.Field(row, name) is not { } fold)
            {
                continue;
            }

            if (!folds.Add(fold))
            {
                throw new InvalidFileException(
                    path, $"is damaged: line {row.Line}: '{ShortText.Of(fold)}' is in it twice; go on with the training, which writes it anew, or remove one of the lines");
            }

            if (CsvTable.Field(row, failure) is { } reason)
            {
                failures.Add(fold, reason);
            }
        }

        return failures;
    }
}
