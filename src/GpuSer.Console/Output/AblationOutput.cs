using System.Globalization;
using GpuSer.Training;
using GpuSer.Training.Evaluation;
using GpuSer.Training.Experiments;
using Spectre.Console;

namespace GpuSer.Console.Output;

/// <summary>Shows an ablation in the shape of the paper's table 2, with the paper's figures beside where they are known.</summary>
internal static class AblationOutput
{
    private const string PaperNote =
        "paper: Ragheb et al. 2022, EMO-DB, pretrained; only the complete model's figure is known here with certainty, so that the others are -";

    public static void Write(TextWriter writer, AblationResult result, bool json)
    {
        if (json)
        {
            JsonOutput.Write(writer, Document(result));
            return;
        }

        Table table = new() { Border = TableBorder.Simple };
        table.AddColumns("model", "left out");
        foreach (string figure in (string[])["runs", "accuracy", "uar", "macro F1", "last: accuracy", "last: uar", "paper"])
        {
            table.AddColumn(new TableColumn(figure).RightAligned());
        }

        foreach (AblationRow row in result.Rows)
        {
            table.AddRow(
                row.Model.Name, row.Model.LeavesOut, $"{row.Runs.Count(run => run.Result is not null)}", Share(row.Best?.Accuracy), Share(row.Best?.Uar),
                Share(row.Best?.MacroF1), Share(row.Last?.Accuracy), Share(row.Last?.Uar),
                row.Model.PaperAccuracy is double paper ? Figures.Number(100 * paper, "0.00") : "-");
        }

        PlainTable.Write(writer, table);
        TrainOptions options = result.Plan.Options;
        writer.WriteLine(
            $"{options.Network.Name()}, {(options.Weights is null ? "not pretrained" : $"from {options.Weights}")}, {options.Epochs} epochs at most, batch {options.Batch}"
            + (options.Limit is int limit ? $", {limit} recordings" : ""));
        writer.WriteLine($"split: {Splits(result)}; seeds {string.Join(", ", result.Plan.Seeds)}");
        writer.WriteLine("per cent: mean +- standard deviation over the runs; accuracy, uar and macro F1 of best epochs, which the tests they are judged on choose; last epochs nothing chooses");
        if (result.Plan.Models.Contains(ModelPreset.F.Name))
        {
            writer.WriteLine("F: one recording at a time through the network, gradients averaged over the batch, batch normalisation over one recording, CutMix in the frames that a pair has in common");
        }

        writer.WriteLine(PaperNote);
        foreach (AblationRun failure in result.Failures)
        {
            writer.WriteLine($"not in the figures: {failure.Model.Name}, seed {failure.Seed}, {failure.Fold}: {failure.Failure}");
        }

        writer.WriteLine($"runs in {result.Folder}");
    }

    private static string Splits(AblationResult result) =>
        string.Join("; ", result.Splits.Take(3)) + (result.Splits.Count > 3 ? $"; and {result.Splits.Count - 3} more" : "");

    private static string Share(Spread? figure) => figure is not Spread spread
        ? "-"
        : string.Create(CultureInfo.InvariantCulture, $"{100 * spread.Mean:0.0}{(spread.Deviation is double deviation ? $" +- {100 * deviation:0.0}" : "")}");

    private static object Document(AblationResult result) => new
    {
        Folder = result.Folder,
        Network = result.Plan.Options.Network.Name(),
        result.Plan.Options.Weights,
        result.Plan.Options.Epochs,
        result.Plan.Options.Limit,
        result.Plan.Seeds,
        result.Splits,
        Models = result.Rows.Select(row => new
        {
            Model = row.Model.Name,
            row.Model.LeavesOut,
            row.Best,
            row.Last,
            row.Model.PaperAccuracy,
            Runs = row.Runs.Select(run => new
            {
                run.Seed,
                run.Fold,
                run.Split,
                Run = run.Result?.Run.Path,
                run.Result?.Best,
                Last = run.Result?.Epochs[^1],
                run.Failure,
            }),
        }),
        Paper = PaperNote,
    };
}
