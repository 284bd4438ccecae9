using System.Diagnostics;

namespace GpuSer.Fuzz;

/// <summary>What came of a target's inputs.</summary>
/// <param name="target">Name of the target.</param>
/// <param name="seed">Which inputs.</param>
public sealed class FuzzReport(string target, ulong seed)
{
    private readonly long _begun = Stopwatch.GetTimestamp();
    private readonly List<FuzzFailure> _failures = [];

    /// <summary>Name of the target.</summary>
    public string Target => target;

    /// <summary>Which inputs.</summary>
    public ulong Seed => seed;

    /// <summary>Inputs that were read.</summary>
    public long Inputs { get; private set; }

    /// <summary>Inputs that were accepted.</summary>
    public long Accepted { get; private set; }

    /// <summary>Inputs that were refused with a typed error.</summary>
    public long Refused { get; private set; }

    /// <summary>How often each kind of refusal came, by the first words behind the file's name.</summary>
    public SortedDictionary<string, long> Refusals { get; } = new(StringComparer.Ordinal);

    /// <summary>The most processor time of an input, in seconds.</summary>
    public double MostSeconds { get; private set; }

    /// <summary>The most bytes that an input had allocated.</summary>
    public long MostAllocated { get; private set; }

    /// <summary>The most bytes allocated for a byte of the file, of files of a KiB and more.</summary>
    public double MostRatio { get; private set; }

    /// <summary>How long all of it took.</summary>
    public TimeSpan Duration { get; private set; }

    /// <summary>The inputs that were not taken as they must be.</summary>
    public IReadOnlyList<FuzzFailure> Failures => _failures;

    internal void Add(Verdict verdict, long length, FuzzFailure? failure)
    {
        Inputs++;
        if (failure is not null)
        {
            _failures.Add(failure);
        }
        else if (verdict.Refusal is null)
        {
            Accepted++;
        }
        else
        {
            Refused++;
            if (verdict.Refusal.Message.Contains("crashed", StringComparison.Ordinal))
            {
                Refusals["decoder crashed"] = Refusals.GetValueOrDefault("decoder crashed") + 1;
            }
        }

        MostSeconds = Math.Max(MostSeconds, verdict.Seconds);
        MostAllocated = Math.Max(MostAllocated, verdict.Allocated);
        MostRatio = length >= 1024 ? Math.Max(MostRatio, (double)verdict.Allocated / length) : MostRatio;
    }

    internal void End() => Duration = Stopwatch.GetElapsedTime(_begun);
}
