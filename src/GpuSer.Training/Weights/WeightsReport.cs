namespace GpuSer.Training.Weights;

/// <summary>What became of a weights file's entries, by their names.</summary>
/// <param name="Loaded">Taken into the network.</param>
/// <param name="Missing">Of the network, but not in the file.</param>
/// <param name="Extra">In the file, but not of the network.</param>
/// <param name="Misshapen">In both with different shapes, each with both shapes.</param>
public sealed record WeightsReport(
    IReadOnlyList<string> Loaded, IReadOnlyList<string> Missing, IReadOnlyList<string> Extra, IReadOnlyList<string> Misshapen)
{
    /// <summary>Whether file and network have the same entries.</summary>
    public bool Complete => Missing.Count + Extra.Count + Misshapen.Count == 0;

    /// <summary>What does not fit, on one line.</summary>
    public string Summary() => string.Join("; ", new[]
    {
        Count("missing", Missing), Count("not of this network", Extra), Count("of another shape", Misshapen),
    }.Where(part => part.Length > 0));

    private static string Count(string what, IReadOnlyList<string> names) => names.Count switch
    {
        0 => string.Empty,
        <= 4 => $"{what}: {string.Join(", ", names)}",
        _ => $"{what}: {string.Join(", ", names.Take(3))} and {names.Count - 3} more",
    };
}
