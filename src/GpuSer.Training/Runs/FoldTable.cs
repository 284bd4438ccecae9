using System.Globalization;
using System.Text;
using GpuSer.IO;
using GpuSer.Training.Data;

namespace GpuSer.Training.Runs;

/// <summary>The figures of a plan's trainings: the contents of <c>folds.csv</c>, a line a fold, written anew after each.</summary>
internal static class FoldTable
{
    /// <summary>Its name in the run folder.</summary>
    public const string FileName = "folds.csv";

    /// <summary>Writes the lines of the folds that are done.</summary>
    public static void Write(string folder, IReadOnlyList<FoldResult> folds)
    {
        StringBuilder text = new("fold,split,train,test,best_epoch,accuracy,uar,macro_f1,last_accuracy,last_uar,last_macro_f1\n");
        foreach (FoldResult fold in folds)
        {
            Split split = fold.Planned.Split;
            EpochResult best = fold.Result.Best, last = fold.Result.Epochs[^1];
            double[] figures = [best.Accuracy, best.Uar, best.MacroF1, last.Accuracy, last.Uar, last.MacroF1];
            text.Append(CultureInfo.InvariantCulture, $"{fold.Planned.Name},{CsvTable.Quoted(split.Name)},{split.Train.Count},{split.Test.Count},{best.Epoch},")
                .AppendJoin(',', figures.Select(figure => figure.ToString("R", CultureInfo.InvariantCulture)))
                .Append('\n');
        }

        AtomicFile.WriteText(Path.Combine(folder, FileName), text.ToString());
    }
}
