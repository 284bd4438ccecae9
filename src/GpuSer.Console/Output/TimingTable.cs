using System.Globalization;
using GpuSer.PtxEmulator.Reports;
using Spectre.Console;

namespace GpuSer.Console.Output;

/// <summary>Shows measured times beside predicted ones to a person.</summary>
internal static class TimingTable
{
    public static void Write(TextWriter writer, KernelTimings timings)
    {
        Table table = new Table().Border(TableBorder.Simple).AddColumn("kernel");
        foreach (string column in (string[])["grid", "block", "measured us", "predicted us", "ratio", "MB", "GB/s"])
            table.AddColumn(new TableColumn(column).RightAligned());

        foreach (KernelTime time in (KernelTime[])[.. timings.Kernels, timings.Sum, timings.Graph])
        {
            table.AddRow(
                time.Name,
                time.Grid,
                time.Block,
                Figures.Number(time.MeasuredMicroseconds, "0.0"),
                Figures.Number(time.PredictedMicroseconds, "0.0"),
                Figures.Number(time.Ratio, "0.00"),
                Figures.Number(time.DramBytes / 1e6, "0.00"),
                Figures.Number(time.BytesPerSecond / 1e9, "0"));
        }

        PlainTable.Write(writer, table);
        writer.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{timings.Shape} samples on {timings.Device}, {timings.Driver}, {timings.Date:yyyy-MM-dd HH:mm} UTC"));
        writer.WriteLine(
            $"measured: medians by events; a kernel is launched over and over alone, the graph replayed. predicted: for one {timings.Gpu}, from exact counters");
    }
}
