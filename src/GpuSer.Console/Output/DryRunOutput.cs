using GpuSer.Training;
using GpuSer.Training.Models;
using GpuSer.Training.Planning;
using Spectre.Console;

namespace GpuSer.Console.Output;

/// <summary>Shows what a training would be.</summary>
internal static class DryRunOutput
{
    private const string Predicted = "memory is predicted: parameters, gradients, moments, and what each layer keeps of the largest batch; not what libraries hold for themselves";

    public static void Write(TextWriter writer, DryRunReport report, TrainOptions options, bool json)
    {
        if (json)
        {
            JsonOutput.Write(writer, Document(report, options));
            return;
        }

        Table table = new Table().Border(TableBorder.Simple).AddColumn("class");
        foreach (string column in (string[])["train", "test", "all"])
        {
            table.AddColumn(new TableColumn(column).RightAligned());
        }

        foreach (ClassCount count in (ClassCount[])[.. report.Classes, new("all", report.Split.Train.Count, report.Split.Test.Count)])
        {
            table.AddRow(Markup.Escape(count.Label), $"{count.Train}", $"{count.Test}", $"{count.Train + count.Test}");
        }

        PlainTable.Write(writer, table, width: 80);
        writer.WriteLine($"split:    {report.Split.Name}" + (report.Trainings == 1 ? "" : $"; the first of {report.Trainings} trainings"));
        writer.WriteLine($"network:  {report.Network.Name()}, {report.Parameters:N0} parameters" + (report.Trained == report.Parameters ? "" : $", {report.Trained:N0} of them trained"));
        writer.WriteLine($"begins:   {Origin(report)}; Adam at {Figures.Number(options.Rate(), "0.####e+0")}");
        writer.WriteLine($"images:   {Image(report.Longest)} of the longest recording, {Image(report.Median)} of the median");
        writer.WriteLine($"batches:  {report.Time.Steps} an epoch; the largest ({report.LargestImages}, {Vgg.Channels}, {report.LargestFrames}, {FeatureExtractor.Rows})");
        WriteMemory(writer, report);
        WriteTime(writer, report, options);
        writer.WriteLine("a first step is slower than later ones; nothing was written");
    }

    private static void WriteMemory(TextWriter writer, DryRunReport report)
    {
        TrainingMemory memory = report.Memory;
        writer.WriteLine(
            $"memory:   {Size(memory.Total)} predicted: weights {Size(memory.Weights)}, gradients {Size(memory.Gradients)}, Adam {Size(memory.Moments)},");
        writer.WriteLine($"          activations {Size(memory.Activations)}, images {Size(memory.Images)}, recordings {Size(memory.Recordings)}");
        if (report.PeakBytes is long peak)
        {
            writer.WriteLine($"          {Size(peak)} measured: this process's peak, with runtime and libraries");
        }
    }

    private static void WriteTime(TextWriter writer, DryRunReport report, TrainOptions options)
    {
        DryRunTime time = report.Time;
        StepTimings step = time.Step;
        writer.WriteLine(
            $"a step:   {Seconds(step.Total)} measured on the first batch, ({time.StepImages}, {Vgg.Channels}, {time.StepFrames}, {FeatureExtractor.Rows}):");
        writer.WriteLine(
            $"          features {Seconds(step.Features)}, forward {Seconds(step.Forward)}, backward {Seconds(step.Backward)}, Adam {Seconds(step.Optimiser)}");
        writer.WriteLine($"an epoch: {Time(time.Epoch)} predicted, from that by images x frames, with its test");
        string times = report.Trainings == 1 ? $"{options.Epochs} epochs" : $"{report.Trainings} trainings of {options.Epochs} epochs";
        writer.WriteLine($"in all:   {Time(time.Total)} predicted, for {times}");
    }

    private static string Origin(DryRunReport report) => report.Weights is null
        ? "random weights, not pretrained"
        : $"{report.Weights.Loaded.Count} tensors loaded, classifier fresh" + (report.Weights.Complete ? "" : $" ({report.Weights.Summary()})");

    private static string Image(ImageSize size) => $"({Vgg.Channels}, {size.Frames}, {FeatureExtractor.Rows})";

    private static string Size(long bytes) => bytes < 1e9 ? Figures.Number(bytes / 1e6, bytes < 1e7 ? "0.0" : "0") + " MB" : Figures.Number(bytes / 1e9, "0.0") + " GB";

    private static string Seconds(double seconds) => Figures.Number(seconds, seconds < 1 ? "0.000" : "0.0") + " s";

    private static string Time(double seconds) => Figures.Duration(TimeSpan.FromSeconds(seconds));

    private static object Document(DryRunReport report, TrainOptions options) => new
    {
        Split = report.Split.Name,
        report.Trainings,
        options.Epochs,
        report.Classes,
        Train = report.Split.Train.Count,
        Test = report.Split.Test.Count,
        report.BadFiles,
        Network = report.Network.Name(),
        report.Parameters,
        report.Trained,
        LearningRate = options.Rate(),
        options.Weights,
        Images = new { Longest = Shape(report.Longest.Frames), Median = Shape(report.Median.Frames) },
        LargestBatch = (int[])[report.LargestImages, .. Shape(report.LargestFrames)],
        PredictedBytes = new
        {
            report.Memory.Total,
            report.Memory.Weights,
            report.Memory.Gradients,
            report.Memory.Moments,
            report.Memory.Activations,
            report.Memory.Images,
            report.Memory.Recordings,
            What = Predicted,
        },
        MeasuredPeakBytes = report.PeakBytes,
        MeasuredStep = new
        {
            Batch = (int[])[report.Time.StepImages, .. Shape(report.Time.StepFrames)],
            Seconds = report.Time.Step,
            report.Time.Steps,
            report.Time.TestRecording,
            report.Loss,
        },
        PredictedSeconds = new { report.Time.Epoch, report.Time.Total },
    };

    private static int[] Shape(int frames) => [Vgg.Channels, frames, FeatureExtractor.Rows];
}
