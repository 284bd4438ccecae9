namespace GpuSer.Fuzz.Targets;

/// <summary>Every reader of files that GpuSer has. One more is added in <see cref="Add"/>, or to the list of its kind.</summary>
public sealed class AllTargets : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("gpuser-targets-").FullName;
    private readonly List<FuzzTarget> _targets = [];

    /// <summary>Makes the seeds of all targets.</summary>
    public AllTargets()
    {
        Add(ArrayTargets.All);
        Add(AudioTargets.All);
        Add(WeightsTargets.All);
        Add(TableTargets.All);
        Add(RunTargets.All);
        Add(ConfigurationTargets.All);
    }

    /// <summary>The targets.</summary>
    public IReadOnlyList<FuzzTarget> Targets => _targets;

    /// <summary>How many of a number of inputs a target gets: the same for each but those that are slow, which say so.</summary>
    public static long Share(FuzzTarget target, IReadOnlyList<FuzzTarget> among, long inputs) =>
        Math.Max(1, (long)(inputs * target.Share / among.Sum(other => other.Share)));

    /// <inheritdoc/>
    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <summary>Adds targets, which get a folder of their own to lay files in.</summary>
    private void Add(Func<string, IEnumerable<FuzzTarget>> targets) =>
        _targets.AddRange(targets(Directory.CreateDirectory(Path.Combine(_folder, $"{_targets.Count}")).FullName));
}
