namespace GpuSer.Console.Doctor;

/// <summary>How a check ended.</summary>
internal enum CheckStatus
{
    /// <summary>As it should be.</summary>
    Ok,

    /// <summary>It works, and could be better; or it is missing and not needed for what was asked.</summary>
    Warning,

    /// <summary>Something that is needed does not work.</summary>
    Fault,
}

/// <summary>What a check found.</summary>
/// <param name="Status">How it ended.</param>
/// <param name="Found">What is there.</param>
/// <param name="Remedy">What to do about it; null where nothing is to be done.</param>
internal sealed record Finding(CheckStatus Status, string Found, string? Remedy)
{
    public static Finding Ok(string found) => new(CheckStatus.Ok, found, null);

    public static Finding Warning(string found, string remedy) => new(CheckStatus.Warning, found, remedy);

    public static Finding Fault(string found, string remedy) => new(CheckStatus.Fault, found, remedy);

    /// <summary>A fault where the thing is needed, else a warning.</summary>
    public static Finding Missing(bool needed, string found, string remedy) => needed ? Fault(found, remedy) : Warning(found, remedy);
}
