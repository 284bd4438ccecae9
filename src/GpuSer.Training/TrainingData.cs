using System.Runtime.InteropServices;
using System.Security.Cryptography;
using GpuSer.Training.Data;

namespace GpuSer.Training;

/// <summary>
/// The decoded recordings of a corpus, read once for all trainings on them. Each stands in it once: of recordings with the same voiced samples the
/// first by name is kept, whatever the others are called, so that no split can test with what it trains on.
/// </summary>
/// <param name="Corpus">Where they come from.</param>
/// <param name="Voiced">What can be used, in the corpus's order; at least two.</param>
/// <param name="BadFiles">What cannot, of the corpus and of the decoding.</param>
public sealed record TrainingData(Corpus Corpus, IReadOnlyList<VoicedUtterance> Voiced, IReadOnlyList<BadFile> BadFiles)
{
    /// <summary>The usable recordings without their samples.</summary>
    public IReadOnlyList<Utterance> Utterances { get; } = [.. Voiced.Select(voiced => voiced.Utterance)];

    /// <summary>Decodes the recordings that the options choose.</summary>
    /// <param name="corpus">The recordings.</param>
    /// <param name="options">Limit, seed and threads.</param>
    /// <param name="cancellation">Stops between two files.</param>
    /// <exception cref="TrainingException">Fewer than two can be used.</exception>
    public static TrainingData Load(Corpus corpus, TrainOptions options, CancellationToken cancellation = default)
    {
        IReadOnlyList<Utterance> chosen = options.Limit is int limit ? Splitting.Limit(corpus.Utterances, limit, (ulong)options.Seed) : corpus.Utterances;
        (IReadOnlyList<VoicedUtterance> loaded, IReadOnlyList<BadFile> unusable) = VoicedLoader.Load(chosen, options.Threads, cancellation);
        (IReadOnlyList<VoicedUtterance> single, IReadOnlyList<BadFile> copies) = WithoutCopies(loaded, corpus.Labels);
        IReadOnlyList<BadFile> bad = [.. corpus.BadFiles, .. unusable, .. copies];
        if (single.Count < 2)
        {
            string first = bad.Count == 0 ? string.Empty : $"; {bad[0].Path}: {bad[0].Reason}";
            throw new TrainingException($"{corpus.Folder}: only {single.Count} of {chosen.Count} recordings can be used, too few to train and test{first}");
        }

        return new TrainingData(corpus, single, bad);
    }

    /// <summary>A recording's content: a hash of its voiced samples.</summary>
    internal static string ContentOf(ReadOnlySpan<float> voiced) => Convert.ToHexString(SHA256.HashData(MemoryMarshal.AsBytes(voiced)));

    private static (IReadOnlyList<VoicedUtterance> Single, IReadOnlyList<BadFile> Copies) WithoutCopies(
        IReadOnlyList<VoicedUtterance> loaded, IReadOnlyList<string> labels)
    {
        Dictionary<string, Utterance> seen = new(StringComparer.Ordinal);
        List<VoicedUtterance> single = [];
        List<BadFile> copies = [];
        foreach (VoicedUtterance voiced in loaded)
        {
            Utterance copy = voiced.Utterance;
            if (seen.TryAdd(ContentOf(voiced.Samples), copy))
            {
                single.Add(voiced);
                continue;
            }

            Utterance first = seen[ContentOf(voiced.Samples)];
            string label = first.Label == copy.Label ? "" : $", which is labelled {labels[first.Label]} and not {labels[copy.Label]}: check both";
            copies.Add(new BadFile(copy.Path, $"is the same recording as {first.Name}{label}"));
        }

        return (single, copies);
    }
}
