using GpuSer.Audio;

namespace GpuSer.Training.Data;

/// <summary>Durations of a corpus's recordings, in seconds, silence included.</summary>
/// <param name="Total">All together.</param>
/// <param name="Min">The shortest.</param>
/// <param name="Median">The one in the middle; of an even number the mean of the two.</param>
/// <param name="Max">The longest.</param>
/// <param name="Voiced">All together without their silent parts: what the network sees.</param>
internal sealed record Durations(double Total, double Min, double Median, double Max, double Voiced);

/// <summary>How many recordings have a property.</summary>
/// <param name="Value">The property.</param>
/// <param name="Count">How many.</param>
internal sealed record Tally(int Value, int Count);

/// <summary>What the recordings of a corpus are, after each was decoded.</summary>
/// <param name="Corpus">The corpus.</param>
/// <param name="Usable">Recordings that can be used, copies included.</param>
/// <param name="Durations">Their durations; null where there are none.</param>
/// <param name="SampleRates">Their sample rates in Hz, ascending.</param>
/// <param name="Channels">Their numbers of channels, ascending.</param>
/// <param name="BadFiles">Files that cannot be used, with reasons.</param>
/// <param name="Copies">Recordings with the same voiced samples, a list each; training uses the first.</param>
internal sealed record CorpusReport(
    Corpus Corpus,
    IReadOnlyList<Utterance> Usable,
    Durations? Durations,
    IReadOnlyList<Tally> SampleRates,
    IReadOnlyList<Tally> Channels,
    IReadOnlyList<BadFile> BadFiles,
    IReadOnlyList<IReadOnlyList<Utterance>> Copies)
{
    /// <summary>Decodes every recording of a corpus, on all threads, and sums up what they are; keeps no samples.</summary>
    /// <param name="corpus">The corpus.</param>
    /// <param name="threads">How many files to read at once; 0 for one a core.</param>
    /// <param name="progress">Told the share that is done.</param>
    /// <param name="cancellation">Stops between two files.</param>
    public static CorpusReport Make(Corpus corpus, int threads = 0, IProgress<double>? progress = null, CancellationToken cancellation = default)
    {
        Facts?[] facts = new Facts?[corpus.Utterances.Count];
        BadFile?[] bad = new BadFile?[facts.Length];
        int done = 0;
        ParallelOptions parallel = new() { MaxDegreeOfParallelism = threads == 0 ? Environment.ProcessorCount : threads, CancellationToken = cancellation };
        Parallel.For(0, facts.Length, parallel, i =>
        {
            string path = corpus.Utterances[i].Path;
            try
            {
                float[] voiced = VoicedLoader.Read(path, cancellation);
                double seconds = voiced.Length / (double)FeatureOptions.SampleRate;
                facts[i] = new Facts(corpus.Utterances[i], AudioFile.ReadInfo(path), seconds, TrainingData.ContentOf(voiced));
            }
            catch (GpuSerException error)
            {
                bad[i] = VoicedLoader.Bad(path, error);
            }

            progress?.Report(Interlocked.Increment(ref done) / (double)facts.Length);
        });

        Facts[] good = [.. facts.OfType<Facts>()];
        return new CorpusReport(
            corpus,
            [.. good.Select(fact => fact.Utterance)],
            Sum(good),
            Count(good, fact => fact.Audio.SampleRate),
            Count(good, fact => fact.Audio.Channels),
            [.. corpus.BadFiles, .. bad.OfType<BadFile>()],
            [.. good.GroupBy(fact => fact.Content).Where(group => group.Count() > 1).Select(group => (Utterance[])[.. group.Select(fact => fact.Utterance)])]);
    }

    private static Durations? Sum(Facts[] facts)
    {
        double[] seconds = [.. facts.Select(fact => fact.Audio.Seconds).Order()];
        return seconds.Length == 0
            ? null
            : new Durations(
                seconds.Sum(), seconds[0], (seconds[(seconds.Length - 1) / 2] + seconds[seconds.Length / 2]) / 2, seconds[^1], facts.Sum(fact => fact.VoicedSeconds));
    }

    private static Tally[] Count(Facts[] facts, Func<Facts, int> value) =>
        [.. facts.GroupBy(value).OrderBy(group => group.Key).Select(group => new Tally(group.Key, group.Count()))];

    private sealed record Facts(Utterance Utterance, AudioInfo Audio, double VoicedSeconds, string Content);
}
