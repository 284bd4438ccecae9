using System.Net;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace GpuSer.Training.Reports;

/// <summary>
/// Fills the page's template with one JSON document, the chart library and its licence. The page's script shows names as text and never as markup, and in the
/// document every character that could end a script is escaped, so that no name of a file or class can become markup.
/// </summary>
internal static class ReportPage
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        Encoder = JavaScriptEncoder.Default, // escapes <, >, &, quotes and what is not ASCII
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    /// <summary>The whole page.</summary>
    public static string Of(ReportData data)
    {
        (string Mark, string Text)[] parts =
        [
            ("{{title}}", WebUtility.HtmlEncode(data.Title)),
            ("/*{{uplot.css}}*/", Resource("uPlot.min.css")),
            ("/*{{uplot.licence}}*/", Resource("LICENSE")),
            ("/*{{uplot.js}}*/", Resource("uPlot.iife.min.js")),
            ("{{data}}", JsonSerializer.Serialize(data, Json)),
        ];

        // Each mark is cut out of the template alone: what is filled in is not searched.
        string rest = Resource("report.html");
        System.Text.StringBuilder page = new();
        foreach ((string mark, string text) in parts)
        {
            int at = rest.IndexOf(mark, StringComparison.Ordinal);
            page.Append(rest, 0, at).Append(text);
            rest = rest[(at + mark.Length)..];
        }

        return page.Append(rest).ToString();
    }

    /// <summary>A file that the library carries.</summary>
    internal static string Resource(string name)
    {
        using Stream stream = typeof(ReportPage).Assembly.GetManifestResourceStream("report/" + name)
            ?? throw new InvalidOperationException($"this build carries no {name}");
        using StreamReader reader = new(stream);
        return reader.ReadToEnd();
    }
}
