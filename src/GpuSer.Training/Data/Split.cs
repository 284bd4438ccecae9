namespace GpuSer.Training.Data;

/// <summary>
/// Which utterances train and which are held out. No utterance is in both, nor a speaker where speakers are held out: that is checked when it is made.
/// Recordings of one content are told apart before, by <see cref="TrainingData"/>.
/// </summary>
public sealed record Split
{
    /// <summary>Joins the two lists.</summary>
    /// <param name="name">How it was made, as reports show it.</param>
    /// <param name="train">What is trained on.</param>
    /// <param name="test">What is held out.</param>
    /// <param name="bySpeaker">Whether the two parts must not share a speaker.</param>
    /// <exception cref="TrainingException">A file is on both lists or twice on one, a list is empty, or a speaker is in both parts.</exception>
    public Split(string name, IReadOnlyList<Utterance> train, IReadOnlyList<Utterance> test, bool bySpeaker = false)
    {
        HashSet<string> names = new(StringComparer.Ordinal), paths = new(StringComparer.Ordinal);
        foreach (Utterance utterance in train.Concat(test))
        {
            if (!names.Add(utterance.Name) || !paths.Add(Path.GetFullPath(utterance.Path)))
            {
                throw new TrainingException($"{utterance.Path}: is listed twice in the split '{name}'; the test would judge what was trained on");
            }
        }

        if (train.Count == 0 || test.Count == 0)
        {
            throw new TrainingException(
                $"the split '{name}' leaves {train.Count} recordings to train on and {test.Count} to test with; both need at least one");
        }

        HashSet<string> speakers = [.. train.Select(u => u.Speaker)];
        if (bySpeaker && test.FirstOrDefault(u => speakers.Contains(u.Speaker)) is { } shared)
        {
            throw new TrainingException($"{shared.Path}: the split '{name}' has its speaker {shared.Speaker} in both parts; the test would judge a voice that was trained on");
        }

        (Name, Train, Test) = (name, train, test);
    }

    /// <summary>How it was made, as reports show it.</summary>
    public string Name { get; }

    /// <summary>What is trained on.</summary>
    public IReadOnlyList<Utterance> Train { get; }

    /// <summary>What is held out.</summary>
    public IReadOnlyList<Utterance> Test { get; }
}
