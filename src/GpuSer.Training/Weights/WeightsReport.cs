namespace GpuSer.Training.Weights;

/// <summary>What became of a weights file's entries, by their names.</summary>
/// <param name="Loaded">Taken into the network.</param>
/// <param name="Missing">Of the network, but not in the file.</param>
/// <param name="Extra">In the file, but not of the network.</param>
/// <param name="Misshapen">In both with different shapes, each with both shapes.</param>
public sealed record WeightsReport(
    IReadOnlyList<string> Loaded, IReadOnlyList<string> Missing, IReadOnlyList<string> Extra, IReadOnlyList<string> Misshapen)
{
    /// <summary>What was left as it is on purpose: the classifier's, which starts fresh over pretrained features.</summary>
    public IReadOnlyList<string> Fresh { get; init; } = [];

    /// <summary>Whether file and network have the same entries, those that start fresh apart.</summary>
    public bool Complete => Missing.Count + Extra.Count + Misshapen.Count == 0;

    /// <summary>Whether all of the feature layers are there and of the right shapes; counters of batches do not count.</summary>
    public bool FeaturesFit => !Missing.Concat(Misshapen).Any(name => IsFeature(name) && !IsCounter(name));

    /// <summary>What does not fit, on one line.</summary>
    public string Summary() => string.Join("; ", new[]
    {
        Count("missing", Missing), Count("not of this network", Extra), Count("of another shape", Misshapen),
    }.Where(part => part.Length > 0));

    /// <summary>Compares a file's entries with a network's state; those that fit count as loaded.</summary>
    internal static WeightsReport Compare(IReadOnlyDictionary<string, NamedEntry> entries, IEnumerable<(string Name, long[] Shape)> state)
    {
        List<string> loaded = [], missing = [], misshapen = [];
        HashSet<string> extra = [.. entries.Keys];
        foreach ((string name, long[] shape) in state)
        {
            extra.Remove(name);
            if (!entries.TryGetValue(name, out NamedEntry? entry))
            {
                missing.Add(name);
            }
            else if (!entry.Shape.SequenceEqual(shape))
            {
                misshapen.Add($"{name} ({string.Join(", ", entry.Shape)}) instead of ({string.Join(", ", shape)})");
            }
            else if (IsCounter(name) != (entry.Entry.Type == SafetensorsType.I64))
            {
                misshapen.Add($"{name} of type {entry.Entry.Type}");
            }
            else
            {
                loaded.Add(name);
            }
        }

        return new WeightsReport(loaded, missing, [.. entries.Keys.Where(extra.Contains)], misshapen);
    }

    /// <summary>Counters of batches came later to torch than torchvision's published weights, and nothing depends on them.</summary>
    internal static bool IsCounter(string name) => name.Split(' ')[0].EndsWith(".num_batches_tracked", StringComparison.Ordinal);

    /// <summary>Whether a name is one of the feature layers', which pretrained weights are taken for.</summary>
    internal static bool IsFeature(string name) => name.StartsWith("features.", StringComparison.Ordinal);

    private static string Count(string what, IReadOnlyList<string> names) => names.Count switch
    {
        0 => string.Empty,
        <= 4 => $"{what}: {string.Join(", ", names.Select(ShortText.Of))}",
        _ => $"{what}: {string.Join(", ", names.Take(3).Select(ShortText.Of))} and {names.Count - 3} more",
    };
}
