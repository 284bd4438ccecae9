using System.Globalization;
using GpuSer.Verification;
using Spectre.Console;

namespace GpuSer.Console.Output;

/// <summary>What <c>gpuser verify</c> found.</summary>
/// <param name="Device">The device.</param>
/// <param name="Driver">Its driver's version.</param>
/// <param name="Date">When, in universal time.</param>
/// <param name="Comparisons">Every comparison.</param>
internal sealed record VerificationReport(string Device, string Driver, DateTimeOffset Date, IReadOnlyList<Comparison> Comparisons)
{
    /// <summary>Whether every comparison is within its limit.</summary>
    public bool Passed => Comparisons.All(comparison => comparison.Passed);
}

/// <summary>Shows comparisons to a person: the worst of each kind, and each that failed.</summary>
internal static class VerificationTable
{
    public static void Write(TextWriter writer, VerificationReport report)
    {
        Table table = new Table().Border(TableBorder.Simple).AddColumn("compared");
        foreach (string column in (string[])["times", "worst error", "its limit", "share", "of", "failed"])
            table.AddColumn(new TableColumn(column).RightAligned());

        foreach (IGrouping<string, Comparison> kind in report.Comparisons.GroupBy(comparison => comparison.What))
        {
            Comparison worst = kind.MaxBy(comparison => double.IsNaN(comparison.Share) ? double.PositiveInfinity : comparison.Share)!;
            table.AddRow(
                kind.Key,
                $"{kind.Count()}",
                Figures.Number(worst.Error, "0.0E+0"),
                worst.Limit == 0 ? "equal" : Figures.Number(worst.Limit, "0.0E+0"),
                worst.Limit == 0 ? "" : Figures.Percent(worst.Share),
                worst.Signal,
                $"{kind.Count(comparison => !comparison.Passed)}");
        }

        PlainTable.Write(writer, table);
        foreach (Comparison failed in report.Comparisons.Where(comparison => !comparison.Passed))
        {
            writer.WriteLine(
                $"{failed.What} of {failed.Signal}: {Figures.Number(failed.Error, "0.0E+0")}, at most {Figures.Number(failed.Limit, "0.0E+0")} is allowed");
        }

        int failures = report.Comparisons.Count(comparison => !comparison.Passed);
        writer.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{report.Comparisons.Count} comparisons on {report.Device}, {report.Driver}, {report.Date:yyyy-MM-dd HH:mm} UTC: {(failures == 0 ? "all within tolerance" : $"{failures} failed")}"));
    }
}
