namespace GpuSer.Console;

/// <summary>Where a command writes: results to <see cref="Out"/>, errors to <see cref="Error"/>, all else to <see cref="Notes"/>.</summary>
/// <param name="output">Standard output; with <c>--json</c> it gets one JSON document and nothing else.</param>
/// <param name="error">Standard error.</param>
/// <param name="interactive">Whether a person watches standard error, so that a progress line is welcome.</param>
/// <param name="unicode">Whether it shows characters beyond ASCII.</param>
public sealed class Terminal(TextWriter output, TextWriter error, bool interactive, bool unicode = false)
{
    /// <summary>For results.</summary>
    public TextWriter Out { get; } = output;

    /// <summary>For errors: what is at fault, files that are left out, and the way out.</summary>
    public TextWriter Error { get; } = error;

    /// <summary>For what is good to know, and progress: standard error, or nowhere with <c>--quiet</c>.</summary>
    public TextWriter Notes { get; private set; } = error;

    /// <summary>Whether a progress line is welcome.</summary>
    public bool Interactive { get; private set; } = interactive;

    /// <summary>Whether block characters can be drawn with.</summary>
    public bool Unicode { get; } = unicode;

    /// <summary>Leaves notes and progress away.</summary>
    public void Silence() => (Notes, Interactive) = (TextWriter.Null, false);

    /// <summary>Whether the environment says that the terminal shows UTF-8: by its locale, and it is none of those that have few characters.</summary>
    /// <param name="variable">Reads an environment variable.</param>
    public static bool ShowsUnicode(Func<string, string?> variable)
    {
        string locale = ((string[])["LC_ALL", "LC_CTYPE", "LANG"]).Select(variable).FirstOrDefault(value => !string.IsNullOrEmpty(value)) ?? "";
        return variable("TERM") is not ("linux" or "dumb")
            && (locale.Contains("UTF-8", StringComparison.OrdinalIgnoreCase) || locale.Contains("UTF8", StringComparison.OrdinalIgnoreCase));
    }
}
