using System.Text.Encodings.Web;

namespace GpuSer.Console.Configuration;

/// <summary>Texts out of a file as messages show them: short, and with nothing in them that moves a terminal's cursor.</summary>
internal static class ShownText
{
    private const int Most = 60;

    /// <summary>In quotes.</summary>
    public static string Quoted(string text) => $"\"{Plain(text)}\"";

    /// <summary>Without quotes.</summary>
    public static string Plain(string text) => Cut(text, Most);

    /// <summary>A sentence, which may quote the file.</summary>
    public static string Long(string text) => Cut(text, 4 * Most);

    private static string Cut(string text, int most) =>
        JavaScriptEncoder.UnsafeRelaxedJsonEscaping.Encode(text.Length <= most ? text : text[..most]) + (text.Length <= most ? "" : "...");
}
