using GpuSer.Training.Evaluation;
using Spectre.Console;

namespace GpuSer.Console.Output;

/// <summary>Shows an evaluation speaker by speaker.</summary>
internal static class SpeakerTable
{
    public static void Write(TextWriter writer, IReadOnlyList<SpeakerResult> speakers)
    {
        Table table = new Table().Border(TableBorder.Simple).AddColumn("speaker");
        foreach (string column in (string[])["recordings", "accuracy", "uar", "macro F1"])
        {
            table.AddColumn(new TableColumn(column).RightAligned());
        }

        foreach ((string speaker, ConfusionMatrix confusion) in speakers)
        {
            table.AddRow(
                Markup.Escape(speaker),
                $"{confusion.Total}",
                Figures.Percent(confusion.Accuracy),
                Figures.Percent(confusion.UnweightedAverageRecall),
                Figures.Percent(confusion.MacroF1));
        }

        PlainTable.Write(writer, table);
    }

    public static object Document(IReadOnlyList<SpeakerResult> speakers) => speakers.Select(one => new
    {
        one.Speaker,
        Count = one.Confusion.Total,
        one.Confusion.Accuracy,
        Uar = one.Confusion.UnweightedAverageRecall,
        one.Confusion.MacroF1,
    });
}
