using System.Globalization;
using System.Text;

namespace GpuSer;

/// <summary>
/// Base of every error that GpuSer raises on purpose. Its message is one line that names what is wrong and the way out,
/// fit to be shown to a user as it is.
/// </summary>
public class GpuSerException : Exception
{
    /// <summary>Creates the error.</summary>
    public GpuSerException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the error with its cause.</summary>
    public GpuSerException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }

    /// <summary>
    /// A text that may hold what a file or its name says, as one line fit for a terminal: control characters and marks of direction are written
    /// out, and very long texts lose their middle.
    /// </summary>
    protected static string OneLine(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        const int most = 2000, end = 400;
        if (text.Any(IsUnfit))
        {
            StringBuilder line = new();
            foreach (char c in text)
            {
                _ = c == '\n' ? line.Append("\\n") : IsUnfit(c) ? line.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}") : line.Append(c);
            }

            text = line.ToString();
        }

        return text.Length <= most ? text : $"{text.AsSpan(0, most - end)} ... {text.AsSpan(text.Length - end)}";

        // The marks that turn the direction of writing would let a name look like another.
        static bool IsUnfit(char c) => char.IsControl(c) || c is '\u2028' or '\u2029' or (>= '\u202a' and <= '\u202e') or (>= '\u2066' and <= '\u2069');
    }
}
