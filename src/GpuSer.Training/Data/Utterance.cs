namespace GpuSer.Training.Data;

/// <summary>A recording of a corpus.</summary>
/// <param name="Path">Where it lies.</param>
/// <param name="Name">Its path below the corpus folder, with forward slashes; what lists and reports call it.</param>
/// <param name="Label">Index into the corpus's labels.</param>
/// <param name="Speaker">Who speaks, as the corpus names them; <see cref="UnknownSpeaker"/> where it names nobody.</param>
public sealed record Utterance(string Path, string Name, int Label, string Speaker)
{
    /// <summary>What a speaker is called where the corpus names none; two such recordings may be of one person or of two.</summary>
    public const string UnknownSpeaker = "unknown";
}

/// <summary>A file that cannot be used, and why.</summary>
/// <param name="Path">The file.</param>
/// <param name="Reason">What is wrong with it and the way out.</param>
public sealed record BadFile(string Path, string Reason);

/// <summary>Recordings that a data set's own rule leaves out: nothing is wrong with them.</summary>
/// <param name="Reason">What they are, as in "song" or "no agreement (xxx)".</param>
/// <param name="Count">How many.</param>
public sealed record Exclusion(string Reason, int Count);

/// <summary>The recordings of a folder, in ordinal order of their names, with the files that could not be used.</summary>
/// <param name="Folder">The folder or list, as it was given.</param>
/// <param name="Labels">Names of the classes.</param>
/// <param name="Utterances">What can be used.</param>
/// <param name="BadFiles">What cannot.</param>
public sealed record Corpus(
    string Folder, IReadOnlyList<string> Labels, IReadOnlyList<Utterance> Utterances, IReadOnlyList<BadFile> BadFiles)
{
    /// <summary>What it was taken for: a name of <see cref="Datasets"/>.</summary>
    public string Dataset { get; init; } = EmoDbCorpus.Name;

    /// <summary>What the data set's rule leaves out.</summary>
    public IReadOnlyList<Exclusion> Excluded { get; init; } = [];

    /// <summary>
    /// The same recordings under a network's classes, found by their names; itself where a class of its own is none of them. A folder that
    /// holds some of the classes alone can so be judged by a network that knows more.
    /// </summary>
    /// <param name="labels">The network's classes, in the order of its outputs.</param>
    public Corpus Under(IReadOnlyList<string> labels)
    {
        int[] to = [.. Labels.Select(label => Enumerable.Range(0, labels.Count).FirstOrDefault(i => labels[i] == label, -1))];
        return to.Contains(-1) ? this : this with { Labels = labels, Utterances = [.. Utterances.Select(u => u with { Label = to[u.Label] })] };
    }
}
