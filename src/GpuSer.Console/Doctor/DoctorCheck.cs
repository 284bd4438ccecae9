namespace GpuSer.Console.Doctor;

/// <summary>A check's name with what it found: an entry of the document that <c>doctor --json</c> writes.</summary>
/// <param name="Name">What was looked at.</param>
/// <param name="Status">How it ended.</param>
/// <param name="Found">What is there.</param>
/// <param name="Remedy">What to do about it; null where nothing is to be done.</param>
internal sealed record CheckResult(string Name, CheckStatus Status, string Found, string? Remedy);

/// <summary>One thing to look at.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="Look">Looks; may throw whatever it likes.</param>
internal sealed record DoctorCheck(string Name, Func<Finding> Look)
{
    private const string Report = "if this stays, report it together with what gpuser env prints";

    /// <summary>Looks. What it throws is a fault of this check, and never ends the others.</summary>
    public CheckResult Run()
    {
        Finding finding;
        try
        {
            finding = Look();
        }
        catch (GpuSerException error)
        {
            finding = Parted(error.Message);
        }
#pragma warning disable CA1031 // the checks are there for what nobody foresaw
        catch (Exception error)
#pragma warning restore CA1031
        {
            finding = Finding.Fault($"unexpected {error.GetType().Name}: {error.Message.ReplaceLineEndings("; ")}", Report);
        }

        return new CheckResult(Name, finding.Status, finding.Found, finding.Remedy);
    }

    /// <summary>Messages of ours name what is wrong and, after their last semicolon, the way out.</summary>
    internal static Finding Parted(string message)
    {
        int at = message.LastIndexOf("; ", StringComparison.Ordinal);
        return at < 0 ? Finding.Fault(message, Report) : Finding.Fault(message[..at], message[(at + 2)..]);
    }
}
