using GpuSer.Training.Randomness;

namespace GpuSer.Training.Data;

/// <summary>Draws parts of a corpus, the same for the same seed and the same names.</summary>
public static class Splitting
{
    /// <summary>The paper holds out 106 of EMO-DB's 535 utterances.</summary>
    private const int PaperTest = 106, PaperAll = 535;

    /// <summary>
    /// Holds out the paper's share of each class: 106 of 535, so that 429 are left to train on; of n utterances round(106 n / 535).
    /// </summary>
    /// <exception cref="TrainingException">There are too few utterances for both parts.</exception>
    public static Split Stratified(IReadOnlyList<Utterance> utterances, ulong seed)
    {
        int held = (int)Math.Round(utterances.Count * (double)PaperTest / PaperAll, MidpointRounding.AwayFromZero);
        HashSet<Utterance> test = Draw(utterances, Math.Min(Math.Max(held, 1), utterances.Count), new Philox(seed, RandomStream.Split));
        return new Split(
            $"stratified, seed {seed}", [.. utterances.Where(u => !test.Contains(u))], [.. utterances.Where(test.Contains)]);
    }

    /// <summary>Holds out all utterances of the named speakers.</summary>
    /// <exception cref="TrainingException">A speaker is not in the corpus, or nothing is left to train on.</exception>
    public static Split BySpeaker(IReadOnlyList<Utterance> utterances, IReadOnlyCollection<string> testSpeakers)
    {
        string[] known = [.. utterances.Select(u => u.Speaker).Distinct().Order(StringComparer.Ordinal)];
        string[] unknown = [.. testSpeakers.Except(known)];
        if (unknown.Length > 0)
        {
            throw new TrainingException($"no recording of speaker {string.Join(", ", unknown)}; there are {string.Join(", ", known)}");
        }

        return new Split(
            $"speakers {string.Join(", ", testSpeakers.Order(StringComparer.Ordinal))} held out",
            [.. utterances.Where(u => !testSpeakers.Contains(u.Speaker))],
            [.. utterances.Where(u => testSpeakers.Contains(u.Speaker))]);
    }

    /// <summary>Keeps <paramref name="limit"/> utterances with each class's share, in their order; all where there are no more.</summary>
    public static IReadOnlyList<Utterance> Limit(IReadOnlyList<Utterance> utterances, int limit, ulong seed)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(limit);
        if (utterances.Count <= limit)
        {
            return utterances;
        }

        HashSet<Utterance> kept = Draw(utterances, limit, new Philox(seed, RandomStream.Limit));
        return [.. utterances.Where(kept.Contains)];
    }

    /// <summary>Draws <paramref name="count"/> utterances, each class in proportion; what rounding leaves goes to the largest remainders.</summary>
    private static HashSet<Utterance> Draw(IReadOnlyList<Utterance> utterances, int count, Philox random)
    {
        Utterance[][] classes = [.. utterances.GroupBy(u => u.Label).OrderBy(g => g.Key).Select(g => g.ToArray())];
        int[] quota = new int[classes.Length];
        long[] remainder = new long[classes.Length];
        for (int c = 0; c < classes.Length; c++)
        {
            (quota[c], remainder[c]) = ((int)((long)classes[c].Length * count / utterances.Count), (long)classes[c].Length * count % utterances.Count);
        }

        foreach (int c in Enumerable.Range(0, classes.Length).OrderByDescending(c => remainder[c]).Take(count - quota.Sum()))
        {
            quota[c]++;
        }

        HashSet<Utterance> drawn = [];
        for (int c = 0; c < classes.Length; c++)
        {
            random.Shuffle<Utterance>(classes[c]);
            drawn.UnionWith(classes[c].Take(quota[c]));
        }

        return drawn;
    }
}
