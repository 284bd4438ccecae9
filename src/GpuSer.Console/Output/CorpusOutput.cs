using GpuSer.Training.Data;
using Spectre.Console;

namespace GpuSer.Console.Output;

/// <summary>Shows what the recordings of a corpus are.</summary>
internal static class CorpusOutput
{
    // A table as wide as a terminal; who has more speakers asks for JSON.
    private const int MostColumns = 24;

    public static void Write(TextWriter writer, CorpusReport report, bool json)
    {
        if (json)
        {
            JsonOutput.Write(writer, Document(report));
            return;
        }

        Corpus corpus = report.Corpus;
        string[] speakers = Speakers(report);
        Table table = new Table().Border(TableBorder.Simple).AddColumn("class \\ speaker");
        foreach (string column in (string[])[.. speakers.Length > MostColumns ? [] : speakers, "all"])
        {
            table.AddColumn(new TableColumn(Markup.Escape(column)).RightAligned());
        }

        for (int label = 0; label < corpus.Labels.Count; label++)
        {
            AddRow(corpus.Labels[label], report.Usable.Where(u => u.Label == label));
        }

        AddRow("all", report.Usable);
        PlainTable.Write(writer, table, width: 160);
        writer.WriteLine($"{report.Usable.Count} recordings of {corpus.Labels.Count} classes and {speakers.Length} speakers ({corpus.Dataset})");
        foreach (Exclusion exclusion in corpus.Excluded)
        {
            writer.WriteLine($"left out by the data set's rule: {exclusion.Reason}, {exclusion.Count}");
        }

        if (report.Durations is { } time)
        {
            writer.WriteLine(
                $"durations: {Seconds(time.Total)} in all ({Seconds(time.Voiced)} of them voiced), {Seconds(time.Min)} to {Seconds(time.Max)}, median {Seconds(time.Median)}");
            writer.WriteLine($"sample rates: {string.Join(", ", report.SampleRates.Select(t => $"{t.Value} Hz {t.Count}"))}");
            writer.WriteLine($"channels: {string.Join(", ", report.Channels.Select(t => $"{t.Value} {t.Count}"))}");
        }

        foreach (IReadOnlyList<Utterance> copies in report.Copies)
        {
            string labels = string.Join(", ", copies.Select(u => corpus.Labels[u.Label]).Distinct());
            writer.WriteLine($"the same recording ({labels}): {string.Join(", ", copies.Select(u => u.Name))}");
        }

        foreach (BadFile bad in report.BadFiles)
        {
            writer.WriteLine($"bad: {bad.Path}: {bad.Reason}");
        }

        writer.WriteLine($"{report.BadFiles.Count} bad files, {report.Copies.Sum(copies => copies.Count - 1)} copies");

        void AddRow(string name, IEnumerable<Utterance> utterances)
        {
            Utterance[] row = [.. utterances];
            string[] cells = [.. speakers.Length > MostColumns ? [] : speakers.Select(speaker => Cell(row.Count(u => u.Speaker == speaker)))];
            table.AddRow([Markup.Escape(name), .. cells, $"{row.Length}"]);
        }
    }

    private static string Cell(int count) => count == 0 ? "." : $"{count}";

    private static string Seconds(double seconds) => Figures.Number(seconds, "0.00") + " s";

    private static string[] Speakers(CorpusReport report) => [.. report.Usable.Select(u => u.Speaker).Distinct().Order(StringComparer.Ordinal)];

    private static object Document(CorpusReport report)
    {
        IReadOnlyList<string> labels = report.Corpus.Labels;
        return new
        {
            report.Corpus.Folder,
            report.Corpus.Dataset,
            Recordings = report.Usable.Count,
            Labels = labels.Select((label, i) => new { Label = label, Count = report.Usable.Count(u => u.Label == i) }),
            Speakers = Speakers(report).Select(speaker => new
            {
                Speaker = speaker,
                Count = report.Usable.Count(u => u.Speaker == speaker),
                Labels = labels.Select((_, i) => report.Usable.Count(u => u.Speaker == speaker && u.Label == i)),
            }),
            Seconds = report.Durations,
            SampleRates = report.SampleRates,
            report.Channels,
            report.Corpus.Excluded,
            report.BadFiles,
            Copies = report.Copies.Select(copies => copies.Select(u => u.Name)),
        };
    }
}
