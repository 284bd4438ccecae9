using GpuSer.IO;

namespace GpuSer.Training.Data;

/// <summary>
/// Reads any recordings by a list: a CSV file (RFC 4180) with the columns <c>path</c> (or <c>file_name</c>, <c>filename</c>, <c>file</c>), <c>label</c>
/// and, where speakers are known, <c>speaker</c>; others are passed over. Paths are relative to the list. The classes are the labels that occur, in
/// ordinal order.
/// </summary>
internal static class CsvCorpus
{
    /// <summary>What <c>--dataset</c> calls it.</summary>
    public const string Name = "csv";

    /// <summary>Whether the source is such a list, or a folder with one beside its recordings.</summary>
    public static bool Recognises(string source) => Lists(source).Any(IsList);

    /// <summary>Reads the list; opens no recording.</summary>
    /// <param name="source">The list, or a folder that holds one.</param>
    /// <exception cref="TrainingException">There is no list or more than one, or nothing on it can be used.</exception>
    /// <exception cref="InvalidFileException">The list cannot be read.</exception>
    public static Corpus Load(string source)
    {
        CsvTable table = CsvTable.Read(Only(source, IsList, "a list with the columns path and label"));
        int path = PathColumn(table), label = table.Column("label"), speaker = table.Column("speaker");
        if (path < 0 || label < 0)
        {
            throw new InvalidFileException(table.Path, "has no column path (or file_name, filename, file) or no column label; its first line must be path,label,speaker");
        }

        string folder = FolderOf(table.Path);
        CorpusBuilder builder = new(source, folder);
        List<(string Path, string Label, string Speaker)> entries = [];
        foreach (CsvRow row in table.Rows)
        {
            string? file = CsvTable.Field(row, path), emotion = CsvTable.Field(row, label);
            string? problem = table.Problem(row) ?? (file is null ? "names no path" : emotion is null ? "names no label" : null);
            if (problem is not null)
            {
                builder.Reject($"{table.Path}, line {row.Line}", problem);
            }
            else
            {
                entries.Add((Path.GetFullPath(file!, folder), emotion!, CsvTable.Field(row, speaker) ?? Utterance.UnknownSpeaker));
            }
        }

        string[] labels = [.. entries.Select(entry => entry.Label).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        foreach ((string file, string emotion, string who) in entries)
        {
            builder.Add(file, Array.IndexOf(labels, emotion), who);
        }

        return builder.Build(Name, labels, "recording on its list");
    }

    /// <summary>The CSV files of a source: itself, or those in the folder.</summary>
    /// <exception cref="InvalidFileException">The folder cannot be read.</exception>
    internal static IEnumerable<string> Lists(string source) =>
        File.Exists(source) ? [source]
        : Directory.Exists(source) ? InvalidFileException.Guard(source, () => Directory.GetFiles(source, "*.csv")).Order(StringComparer.Ordinal) : [];

    /// <summary>The one list of a source.</summary>
    internal static string Only(string source, Func<string, bool> isList, string wanted)
    {
        if (File.Exists(source))
        {
            return source;
        }

        CorpusBuilder.RequireFolder(source);
        string[] lists = [.. Lists(source).Where(isList)];
        return lists.Length switch
        {
            1 => lists[0],
            0 => throw new TrainingException($"{source}: holds no CSV file that is {wanted}"),
            _ => throw new TrainingException(
                $"{source}: holds {lists.Length} lists ({string.Join(", ", lists.Select(Path.GetFileName))}); give one of them with --data"),
        };
    }

    /// <summary>The folder that a list lies in, as a full path.</summary>
    internal static string FolderOf(string list) => Path.GetDirectoryName(Path.GetFullPath(list))!;

    private static bool IsList(string file) => CsvTable.Heading(file) is { } heading && PathColumn(heading) >= 0 && heading.Column("label") >= 0;

    private static int PathColumn(CsvTable table) => table.Column("path", "file_name", "filename", "file");
}
