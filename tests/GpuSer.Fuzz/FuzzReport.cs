using System.Diagnostics;
using System.Text.RegularExpressions;
using GpuSer.IO;

namespace GpuSer.Fuzz;

/// <summary>What came of a target's inputs.</summary>
/// <param name="target">Name of the target.</param>
/// <param name="seed">Which inputs.</param>
public sealed partial class FuzzReport(string target, ulong seed)
{
    private readonly long _begun = Stopwatch.GetTimestamp();
    private readonly List<FuzzFailure> _failures = [];
    private readonly Dictionary<string, long> _refusals = [];

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

    /// <summary>How often each kind of refusal came, by the first words behind the file's name; the most frequent first.</summary>
    public IEnumerable<(string Kind, long Count)> Refusals =>
        _refusals.OrderByDescending(kind => kind.Value).ThenBy(kind => kind.Key, StringComparer.Ordinal).Select(kind => (kind.Key, kind.Value));

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
            string kind = Kind(verdict.Refusal);
            _refusals[kind] = _refusals.GetValueOrDefault(kind) + 1;
        }

        MostSeconds = Math.Max(MostSeconds, verdict.Seconds);
        MostAllocated = Math.Max(MostAllocated, verdict.Allocated);
        MostRatio = length >= 1024 ? Math.Max(MostRatio, (double)verdict.Allocated / length) : MostRatio;
    }

    internal void End() => Duration = Stopwatch.GetElapsedTime(_begun);

    private static string Kind(GpuSerException refusal) =>
        FirstWords().Match(Numbers().Replace(refusal is InvalidFileException file ? file.Problem : refusal.Message, "#")) is { Success: true } words ? words.Value : "other words";

    // Numbers, names in quotes and what libraries say differ from input to input; the signal that ended a decoder does not.
    [GeneratedRegex(@"^[\p{L}#-]{1,20}(?: [\p{L}#-]{1,20}){0,6}(?: \(SIG[A-Z]+\))?", RegexOptions.CultureInvariant)]
    private static partial Regex FirstWords();

    [GeneratedRegex(@"(?<!\S)[^\s\d(]*\d\S*", RegexOptions.CultureInvariant)]
    private static partial Regex Numbers();
}
