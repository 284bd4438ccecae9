using System.Text;
using GpuSer.IO;

namespace GpuSer.Training.Data;

/// <summary>A row of a CSV file.</summary>
/// <param name="Line">The line it begins on, from 1.</param>
/// <param name="Fields">Its fields, as many as it has.</param>
internal sealed record CsvRow(int Line, IReadOnlyList<string> Fields);

/// <summary>
/// A CSV file with a heading, as RFC 4180 has it: commas between fields, quotes round fields with commas, quotes or line breaks in them, a quote
/// in quotes doubled. Lines may end in LF alone; empty lines and a byte order mark are passed over.
/// </summary>
internal sealed class CsvTable
{
    private readonly string[] _columns;

    private CsvTable(string path, IReadOnlyList<CsvRow> rows)
    {
        _columns = [.. rows[0].Fields.Select(name => name.Trim())];
        (Path, Rows) = (path, [.. rows.Skip(1)]);
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>Its rows, without the heading.</summary>
    public IReadOnlyList<CsvRow> Rows { get; }

    /// <summary>Where a column stands, by the first of its names that is there, in capitals or not; -1 where none is.</summary>
    public int Column(params ReadOnlySpan<string> names)
    {
        foreach (string name in names)
        {
            int at = Array.FindIndex(_columns, column => column.Equals(name, StringComparison.OrdinalIgnoreCase));
            if (at >= 0)
            {
                return at;
            }
        }

        return -1;
    }

    /// <summary>A field without the blanks round it; null where the row is too short or the field is empty.</summary>
    public static string? Field(CsvRow row, int column) =>
        column >= 0 && column < row.Fields.Count && row.Fields[column].Trim() is { Length: > 0 } text ? text : null;

    /// <summary>What is wrong with a row's length; null where nothing is.</summary>
    public string? Problem(CsvRow row) =>
        row.Fields.Count == _columns.Length ? null : $"has {row.Fields.Count} fields, the heading {_columns.Length}; put quotes round fields with commas";

    /// <summary>Reads a file.</summary>
    /// <exception cref="InvalidFileException">It is missing, empty, is no text, or has a quote that does not end.</exception>
    public static CsvTable Read(string path)
    {
        string text = InvalidFileException.Guard(path, () => File.ReadAllText(path));
        if (text.Contains('\0', StringComparison.Ordinal))
        {
            throw new InvalidFileException(path, "holds zero bytes, which are no text; save it as a CSV file in UTF-8");
        }

        List<CsvRow> rows = Parse(path, text);
        return rows.Count > 0 ? new CsvTable(path, rows) : throw new InvalidFileException(path, "is empty; it needs a heading and a line a recording");
    }

    /// <summary>The columns of a file's heading, its first line that is not empty; null where there is none or it cannot be read.</summary>
    public static CsvTable? Heading(string path)
    {
        try
        {
            using StreamReader reader = new(path);
            while (reader.ReadLine() is { } line)
            {
                if (Parse(path, line) is { Count: > 0 } rows)
                {
                    return new CsvTable(path, rows);
                }
            }

            return null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or InvalidFileException)
        {
            return null;
        }
    }

    /// <summary>A field as it is written: in quotes where it must be.</summary>
    public static string Quoted(string field) =>
        field.AsSpan().IndexOfAny(",\"\r\n") < 0 ? field : "\"" + field.Replace("\"", "\"\"", StringComparison.Ordinal) + "\"";

    private static List<CsvRow> Parse(string path, string text)
    {
        List<CsvRow> rows = [];
        List<string> fields = [];
        StringBuilder field = new();
        int line = 1, begun = 1;
        for (int i = 0; i < text.Length; i++)
        {
            char c = text[i];
            if (c == '"' && field.Length == 0)
            {
                i = Unquote(path, text, i, field, ref line);
            }
            else if (c == ',')
            {
                End(field, fields);
            }
            else if (c is '\n' or '\r')
            {
                EndRow();
                i += c == '\r' && i + 1 < text.Length && text[i + 1] == '\n' ? 1 : 0;
                begun = ++line;
            }
            else
            {
                field.Append(c);
            }
        }

        EndRow();
        return rows;

        void EndRow()
        {
            End(field, fields);
            if (fields.Count > 1 || fields[0].Length > 0)
            {
                rows.Add(new CsvRow(begun, [.. fields]));
            }

            fields.Clear();
        }
    }

    private static void End(StringBuilder field, List<string> fields)
    {
        fields.Add(field.ToString());
        field.Clear();
    }

    /// <summary>Reads a field in quotes.</summary>
    /// <returns>Position of the quote that ends it.</returns>
    private static int Unquote(string path, string text, int start, StringBuilder field, ref int line)
    {
        int opened = line;
        for (int i = start + 1; i < text.Length; i++)
        {
            if (text[i] != '"')
            {
                line += text[i] == '\n' ? 1 : 0;
                field.Append(text[i]);
            }
            else if (i + 1 < text.Length && text[i + 1] == '"')
            {
                field.Append('"');
                i++;
            }
            else
            {
                return i;
            }
        }

        throw new InvalidFileException(path, $"the quote that begins on line {opened} does not end; double a quote that belongs to a name");
    }
}
