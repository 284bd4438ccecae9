using System.Globalization;
using GpuSer.Features;
using GpuSer.Training;
using GpuSer.Training.Data;
using GpuSer.Training.Experiments;
using Spectre.Console;

namespace GpuSer.Console.Output;

/// <summary>Shows what the search for an order found, and whether it found anything.</summary>
internal static class OrderOutput
{
    /// <summary>Says at once what the linear models came to, before the networks are trained.</summary>
    public static void TellSearch(TextWriter writer, OrderSearchResult search) => writer.WriteLine($"gpuser: {Finding(search)}");

    public static void Write(
        TextWriter writer, OrderSearchResult search, IReadOnlyList<OrderTrial> trials, Split split, TrainOptions options, string folder, bool json)
    {
        if (json)
        {
            JsonOutput.Write(writer, Document(search, trials, split, options, folder));
            return;
        }

        writer.WriteLine(Finding(search));
        Table table = new() { Border = TableBorder.Simple };
        table.AddColumn("order of the short list, best first");
        table.AddColumn(new TableColumn("accuracy").RightAligned());
        table.AddColumn(new TableColumn("loss").RightAligned());
        foreach (OrderTrial trial in trials)
        {
            table.AddRow(FeatureOrder.Format(trial.Order), trial.Accuracy.Percent(), Figures.Number(trial.Loss.Mean, "0.0000"));
        }

        PlainTable.Write(writer, table, width: 140);
        writer.WriteLine($"{options.Network.Name()}, {options.Epochs} epochs, the last judged; mean +- standard deviation over seeds; {split.Train.Count} to train on, {split.Test.Count} to judge with ({split.Name})");
        writer.WriteLine(Verdict(trials));
        writer.WriteLine($"train with it: gpuser train --order {FeatureOrder.Format(trials[0].Order)}; runs in {folder}");
    }

    private static string Finding(OrderSearchResult search)
    {
        string figures = string.Create(
            CultureInfo.InvariantCulture,
            $"{search.Scores.Count} orders, {search.Recordings} recordings, {search.Folds} folds: log loss {search.LogLoss.Min:0.000000} to {search.LogLoss.Max:0.000000} "
            + $"(apart by {search.LogLoss.Max - search.LogLoss.Min:0.0e+0}; two fits of one problem may be by {search.Tolerance:0.0e+0}), "
            + $"accuracy {100 * search.Accuracy.Min:0.0} to {100 * search.Accuracy.Max:0.0} %");
        return search.SeesOrder
            ? $"linear model on averages: {figures}; the short list is the orders of the least log loss"
            : $"linear model on averages: {figures}; it cannot see the order: another order permutes its columns, and its optimum with them, "
            + "so the short list is the paper's order and others drawn by the seed";
    }

    private static string Verdict(IReadOnlyList<OrderTrial> trials)
    {
        if (trials.Count == 1)
        {
            return "one order alone was trained: there is nothing to compare it with";
        }

        OrderTrial best = trials[0], second = trials[1];
        double lead = best.Accuracy.Mean - second.Accuracy.Mean;
        return (best.Accuracy.Deviation, second.Accuracy.Deviation) is not (double first, double other)
            ? "with one seed nothing says whether the orders differ by more than seeds do; give more with --seeds"
            : string.Create(CultureInfo.InvariantCulture, $"the best leads the next by {100 * lead:0.0} points, where seeds alone deviate by {100 * Math.Max(first, other):0.0}: ")
            + (lead > 2 * Math.Max(first, other) ? "more than seeds explain" : "not more than seeds explain, so that no order is shown to be better");
    }

    private static object Document(OrderSearchResult search, IReadOnlyList<OrderTrial> trials, Split split, TrainOptions options, string folder) => new
    {
        Folder = folder,
        Linear = new
        {
            Orders = search.Scores.Count,
            search.Recordings,
            search.Folds,
            OrderSearch.Penalty,
            search.LogLoss,
            search.Accuracy,
            search.Tolerance,
            search.SeesOrder,
            Finding = Finding(search),
        },
        Network = options.Network.Name(),
        options.Epochs,
        Split = split.Name,
        ShortList = trials.Select(trial => new
        {
            Order = FeatureOrder.Format(trial.Order),
            trial.Accuracy,
            trial.Loss,
            Runs = trial.Runs.Select(run => run.Run.Path),
        }),
        Best = FeatureOrder.Format(trials[0].Order),
        Verdict = Verdict(trials),
    };
}
