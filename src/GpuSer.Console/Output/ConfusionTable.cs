using GpuSer.Training.Evaluation;
using Spectre.Console;

namespace GpuSer.Console.Output;

/// <summary>Shows an evaluation to a person: headline figures and the confusion matrix, truth in rows.</summary>
internal static class ConfusionTable
{
    public static void Write(TextWriter writer, EvaluationResult result)
    {
        ConfusionMatrix confusion = result.Confusion;
        Table table = new Table().Border(TableBorder.Simple).AddColumn("truth \\ said");
        foreach (string label in confusion.Labels)
        {
            table.AddColumn(new TableColumn(Markup.Escape(label)).RightAligned());
        }

        table.AddColumn(new TableColumn("recall").RightAligned());
        for (int truth = 0; truth < confusion.Labels.Count; truth++)
        {
            IReadOnlyList<int> row = confusion.Counts[truth];
            string recall = row.Sum() == 0 ? "-" : Figures.Percent(confusion.Recall(truth));
            table.AddRow([Markup.Escape(confusion.Labels[truth]), .. row.Select(count => count == 0 ? "." : $"{count}"), recall]);
        }

        PlainTable.Write(writer, table);
        writer.WriteLine(
            $"{result.Split}: {confusion.Total} recordings, accuracy {Figures.Percent(confusion.Accuracy)}, "
            + $"unweighted average recall {Figures.Percent(confusion.UnweightedAverageRecall)}, macro F1 {Figures.Percent(confusion.MacroF1)}");
    }
}
