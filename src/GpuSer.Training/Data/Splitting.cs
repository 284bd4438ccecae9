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
    /// <exception cref="TrainingException">A speaker is not in the corpus or not named, or nothing is left to train on.</exception>
    public static Split BySpeaker(IReadOnlyList<Utterance> utterances, IReadOnlyCollection<string> testSpeakers)
    {
        string[] known = Speakers(utterances);
        string[] unknown = [.. testSpeakers.Except(known)];
        if (unknown.Length > 0)
        {
            throw new TrainingException($"no recording of speaker {string.Join(", ", unknown)}; there are {string.Join(", ", known)}");
        }

        return new Split(
            $"speakers {string.Join(", ", testSpeakers.Order(StringComparer.Ordinal))} held out",
            [.. utterances.Where(u => !testSpeakers.Contains(u.Speaker))],
            [.. utterances.Where(u => testSpeakers.Contains(u.Speaker))],
            bySpeaker: true);
    }

    /// <summary>
    /// Deals the utterances into folds of equal share of each class, and holds out each in turn (stratified k-fold cross-validation). Each class is
    /// shuffled and dealt in turn, the next class from where the last ended, so that folds differ by one utterance at most.
    /// </summary>
    /// <returns>One split a fold; each utterance is held out in exactly one.</returns>
    /// <exception cref="TrainingException">There are fewer utterances than folds.</exception>
    public static IReadOnlyList<Split> KFold(IReadOnlyList<Utterance> utterances, int folds, ulong seed)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(folds, 2);
        if (utterances.Count < folds)
        {
            throw new TrainingException($"{utterances.Count} recordings cannot be dealt into {folds} folds; give fewer with --folds");
        }

        Dictionary<Utterance, int> fold = [];
        Philox random = new(seed, RandomStream.Split);
        foreach (IGrouping<int, Utterance> group in utterances.GroupBy(u => u.Label).OrderBy(g => g.Key))
        {
            Utterance[] members = [.. group];
            random.Shuffle<Utterance>(members);
            foreach (Utterance member in members)
            {
                fold.Add(member, fold.Count % folds);
            }
        }

        return [.. Enumerable.Range(0, folds).Select(f => new Split(
            $"fold {f + 1} of {folds}, stratified, seed {seed}", [.. utterances.Where(u => fold[u] != f)], [.. utterances.Where(u => fold[u] == f)]))];
    }

    /// <summary>Names of the speakers, in ordinal order.</summary>
    /// <exception cref="TrainingException">Some recordings name no speaker, so that nobody can tell whose voice is trained on.</exception>
    public static string[] Speakers(IReadOnlyList<Utterance> utterances)
    {
        string[] speakers = [.. utterances.Select(u => u.Speaker).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        return !speakers.Contains(Utterance.UnknownSpeaker)
            ? speakers
            : throw new TrainingException(
                $"{utterances.First(u => u.Speaker == Utterance.UnknownSpeaker).Path}: names no speaker, so speakers cannot be held out; "
                + "name them in a column speaker of a CSV file, or in a folder for each below the class's");
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
