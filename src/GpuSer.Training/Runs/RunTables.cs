using System.Globalization;
using GpuSer.IO;
using GpuSer.Training.Data;

namespace GpuSer.Training.Runs;

/// <summary>A line of <c>predictions.csv</c>.</summary>
/// <param name="Recording">Its name below the corpus folder.</param>
/// <param name="Speaker">Who speaks.</param>
/// <param name="Truth">Index of its label.</param>
/// <param name="Prediction">Index of what the network took it for.</param>
/// <param name="Probabilities">Of each class. [length = classes]</param>
internal sealed record PredictedRecording(string Recording, string Speaker, int Truth, int Prediction, IReadOnlyList<double> Probabilities);

/// <summary>Reads a run's tables back.</summary>
internal static class RunTables
{
    /// <summary>The figures of the epochs that are done.</summary>
    /// <exception cref="InvalidFileException">The file is missing or damaged.</exception>
    public static IReadOnlyList<EpochResult> Results(RunFolder run)
    {
        CsvTable table = CsvTable.Read(run.Results);
        return [.. table.Rows.Select(Read)];

        EpochResult Read(CsvRow row) => new(
            (int)Number(table, row, "epoch"), Number(table, row, "train_loss"), Number(table, row, "train_accuracy"), Number(table, row, "test_loss"),
            Number(table, row, "accuracy"), Number(table, row, "uar"), Number(table, row, "macro_f1"), Number(table, row, "seconds"),
            new StepTimings(
                Number(table, row, "features_seconds"), Number(table, row, "forward_seconds"), Number(table, row, "backward_seconds"),
                Number(table, row, "optimiser_seconds")),
            Number(table, row, "test_seconds"));
    }

    /// <summary>What the network said of each test recording in the best epoch.</summary>
    /// <exception cref="InvalidFileException">The file is missing, damaged, or of other classes than the run.</exception>
    public static IReadOnlyList<PredictedRecording> Predictions(RunFolder run)
    {
        CsvTable table = CsvTable.Read(run.Predictions);
        string[] labels = [.. run.Configuration.Model.Labels];
        return [.. table.Rows.Select(Read)];

        PredictedRecording Read(CsvRow row)
        {
            if (table.Problem(row) is { } problem)
            {
                throw Damaged(table, row, problem);
            }

            return new PredictedRecording(
                Text(table, row, "recording"), Text(table, row, "speaker"), Label(row, "truth"), Label(row, "prediction"),
                [.. row.Fields.TakeLast(labels.Length).Select(field => Number(table, row, field, "probability"))]);
        }

        int Label(CsvRow row, string column)
        {
            string label = Text(table, row, column);
            int index = Array.IndexOf(labels, label);
            return index >= 0 ? index : throw Damaged(table, row, $"'{label}' is no class of the run");
        }
    }

    private static string Text(CsvTable table, CsvRow row, string column)
    {
        int at = table.Column(column);
        return at >= 0 && at < row.Fields.Count ? row.Fields[at] : throw Damaged(table, row, $"has no {column}");
    }

    private static double Number(CsvTable table, CsvRow row, string column) => Number(table, row, Text(table, row, column), column);

    private static double Number(CsvTable table, CsvRow row, string field, string what) =>
        double.TryParse(field, NumberStyles.Float, CultureInfo.InvariantCulture, out double number)
            ? number
            : throw Damaged(table, row, $"'{field}' is no {what}");

    private static InvalidFileException Damaged(CsvTable table, CsvRow row, string problem) => new(table.Path, $"is damaged: line {row.Line}: {problem}");
}
