namespace GpuSer.Training.Data;

/// <summary>Which utterances train and which are held out. No utterance is in both: that is checked when it is made.</summary>
public sealed record Split
{
    /// <summary>Joins the two lists.</summary>
    /// <exception cref="TrainingException">A file is on both lists or twice on one, or a list is empty.</exception>
    public Split(string name, IReadOnlyList<Utterance> train, IReadOnlyList<Utterance> test)
    {
        HashSet<string> seen = new(StringComparer.Ordinal);
        foreach (Utterance utterance in train.Concat(test))
        {
            if (!seen.Add(utterance.Name))
            {
                throw new TrainingException($"{utterance.Path}: is listed twice in the split '{name}'; the test would judge what was trained on");
            }
        }

        if (train.Count == 0 || test.Count == 0)
        {
            throw new TrainingException(
                $"the split '{name}' leaves {train.Count} recordings to train on and {test.Count} to test with; both need at least one");
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
