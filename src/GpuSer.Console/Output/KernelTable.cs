using GpuSer.PtxEmulator.Reports;
using Spectre.Console;

namespace GpuSer.Console.Output;

/// <summary>Shows a kernel report to a person.</summary>
internal static class KernelTable
{
    public static void Write(TextWriter writer, KernelReport report)
    {
        Table table = new Table().Border(TableBorder.Simple).AddColumn("kernel");
        foreach (string column in (string[])["grid", "block", "shared", "local", "registers", "MB", "floor", "useful", "conflicts", "instructions", "predicted us"])
            table.AddColumn(new TableColumn(column).RightAligned());

        foreach (KernelFigures kernel in report.Kernels)
        {
            table.AddRow(
                kernel.Name,
                kernel.Grid,
                kernel.Block,
                $"{kernel.SharedBytes}",
                $"{kernel.LocalBytes}",
                $"{kernel.LiveRegisters}",
                Megabytes(kernel.DramBytes),
                Megabytes(kernel.FloorBytes),
                Figures.Percent(kernel.UsefulSectorShare),
                Figures.Percent(kernel.BankConflictShare),
                $"{kernel.Instructions}",
                Figures.Number(kernel.PredictedMicroseconds, "0.0"));
        }

        KernelTotals total = report.Total;
        table.AddRow(
            "total",
            "",
            "",
            "",
            "",
            "",
            Megabytes(total.DramBytes),
            Megabytes(total.FloorBytes),
            Figures.Percent(total.UsefulSectorShare),
            Figures.Percent(total.BankConflictShare),
            $"{total.Instructions}",
            Figures.Number(total.PredictedMicroseconds, "0.0"));

        PlainTable.Write(writer, table, width: 160);
        writer.WriteLine($"{report.Shape} samples; counters are exact, times are predicted for one {report.Gpu}, not measured");
    }

    private static string Megabytes(long bytes) => Figures.Number(bytes / 1e6, "0.00");
}
