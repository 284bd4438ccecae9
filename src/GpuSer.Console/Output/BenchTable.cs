using GpuSer.Console.Bench;
using Spectre.Console;

namespace GpuSer.Console.Output;

/// <summary>Shows a benchmark to a person.</summary>
internal static class BenchTable
{
    public static void Write(TextWriter writer, BenchReport report)
    {
        string source = report.Data is null ? "made by formula" : $"of {report.Data}";
        writer.WriteLine($"{report.Utterances} utterances {source}, {Figures.Number(report.SecondsPerUtterance, "0.00")} s on average; device {report.Device}, {Threads(report.Threads)}");
        Headline(writer, report);
        if (report.DeviceTimes is { } times)
        {
            writer.WriteLine(
                $"batches of {times.Batch} padded to {Figures.Number(times.PaddedSeconds, "0.00")} s, an utterance: kernels {Milliseconds(times.KernelMilliseconds)}, transfer {Milliseconds(times.TransferMilliseconds)}, "
                + $"end to end {Milliseconds(times.EndToEndMilliseconds)}"
                + (report.Device == "emulated" ? " (the emulator's own time on the CPU: it says nothing about a GPU's)" : ""));
        }

        if (report.Cpu is { } cpu)
        {
            writer.WriteLine(
                $"the CPU in the same run, {Threads(cpu.Threads)}: {Milliseconds(cpu.MillisecondsPerUtterance)} an utterance, "
                + $"{Figures.Number(cpu.MillisecondsPerUtterance / report.MillisecondsPerUtterance, "0.00")} times the device's time");
        }

        if (report.Peer is { } peer)
        {
            writer.WriteLine(
                $"{peer.Name} {peer.Version} in the same run, {Threads(peer.Threads)}, {peer.Utterances} utterances: {Milliseconds(peer.MillisecondsPerUtterance)} an utterance "
                + $"(and {Milliseconds(peer.DecodeMillisecondsPerUtterance)} to decode), {Figures.Number(peer.Ratio, "0.0")} times ours");
        }

        writer.WriteLine($"peak memory {Figures.Number(report.PeakBytes / 1048576.0, "0")} MiB");
        Stages(writer, report);
    }

    private static void Headline(TextWriter writer, BenchReport report)
    {
        writer.WriteLine(
            $"{Milliseconds(report.MillisecondsPerUtterance)} an utterance (fastest pass {Milliseconds(report.FastestMillisecondsPerUtterance)}, "
            + $"processor time {Milliseconds(report.ProcessorMillisecondsPerUtterance)}), {Figures.Number(report.TimesRealTime, "0")} times real time, {report.Images} images"
            + (report.AllocatedBytes is { } bytes ? $", {bytes} bytes allocated in a warm pass" : ""));
        if (report.FilesPerSecond is { } files)
        {
            writer.WriteLine($"{Figures.Number(files, "0")} files a second from file to image, decoding counted");
        }
    }

    private static void Stages(TextWriter writer, BenchReport report)
    {
        Table table = new Table().Border(TableBorder.Simple).AddColumn(report.DeviceTimes is null ? "stage, on one thread" : "kernel");
        table.AddColumn(new TableColumn("ms an utterance").RightAligned()).AddColumn(new TableColumn("share").RightAligned());
        foreach (StageFigures stage in report.Stages)
        {
            table.AddRow(stage.Name, Figures.Number(stage.Milliseconds, "0.000"), Figures.Percent(stage.Share));
        }

        PlainTable.Write(writer, table);
    }

    private static string Threads(int count) => $"{count} {(count == 1 ? "thread" : "threads")}";

    private static string Milliseconds(double value) => Figures.Number(value, value < 0.1 ? "0.0000" : "0.00") + " ms";
}
