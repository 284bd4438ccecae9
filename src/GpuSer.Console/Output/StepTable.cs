using GpuSer.Console.Bench;
using Spectre.Console;

namespace GpuSer.Console.Output;

/// <summary>Shows the times of a training step to a person.</summary>
internal static class StepTable
{
    public static void Write(TextWriter writer, StepReport report)
    {
        Table table = new Table().Border(TableBorder.Simple).AddColumn("seconds, medians");
        foreach (string column in (string[])["step", "forward", "backward", "Adam", "processor", "ours / its", "of processor"])
        {
            table.AddColumn(new TableColumn(column).RightAligned());
        }

        if (report.Peers.Count == 0)
        {
            Add(table, "GpuSer", report.Step);
        }

        foreach (StepPeer peer in report.Peers)
        {
            Add(table, "GpuSer", peer.Ours);
            Add(
                table,
                $"PyTorch {peer.Version}, {peer.Settings}",
                peer.Step,
                Figures.Number(peer.Ratio, "0.00"),
                Figures.Number(peer.ProcessorRatio, "0.00"));
        }

        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(writer),
            Ansi = AnsiSupport.No,
            ColorSystem = ColorSystemSupport.NoColors,
        });
        console.Profile.Width = 160;
        console.Write(table);
        writer.WriteLine(
            $"{report.Network}, {report.Batch} images of {report.Frames} x {report.Rows}, {report.Threads} threads, {report.Steps} steps; "
            + $"libtorch {report.Torch}, peak {Figures.Number(report.PeakBytes / 1e9, "0.0")} GB");
        foreach (StepPeer peer in report.Peers.Where(peer => !peer.SameLibrary || peer.Threads != report.Threads))
        {
            writer.WriteLine($"PyTorch with {peer.Settings} used another libtorch or {peer.Threads} threads, so the comparison is not of like with like");
        }
    }

    private static void Add(Table table, string name, StepFigures figures, string ratio = "", string processorRatio = "") => table.AddRow(
        Markup.Escape(name),
        Seconds(figures.Seconds),
        Seconds(figures.Forward),
        Seconds(figures.Backward),
        Seconds(figures.Optimiser),
        Seconds(figures.Processor),
        ratio,
        processorRatio);

    private static string Seconds(double value) => Figures.Number(value, "0.000");
}
