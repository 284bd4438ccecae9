using System.Text.Json;
using GpuSer.Training.Data;

namespace GpuSer.Training.Runs;

/// <summary>Which recordings a run trained on and was tested with, by their names below the data folder: the contents of <c>split.json</c>.</summary>
/// <param name="Name">How the test part was chosen.</param>
/// <param name="Train">What was trained on.</param>
/// <param name="Test">What was held out.</param>
internal sealed record StoredSplit(string Name, IReadOnlyList<string> Train, IReadOnlyList<string> Test)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        RespectRequiredConstructorParameters = true,
        RespectNullableAnnotations = true,
    };

    internal static StoredSplit Of(Split split) =>
        new(split.Name, [.. split.Train.Select(u => u.Name)], [.. split.Test.Select(u => u.Name)]);

    internal string ToJson() => JsonSerializer.Serialize(this, Json) + "\n";

    internal static StoredSplit Read(string path) => JsonText.Read<StoredSplit>(path, Json);

    /// <summary>Makes the split again from recordings that were read.</summary>
    /// <exception cref="TrainingException">One of its recordings is not among them.</exception>
    public Split Find(IReadOnlyList<Utterance> utterances)
    {
        Dictionary<string, Utterance> byName = utterances.ToDictionary(u => u.Name, StringComparer.Ordinal);
        return Train.Concat(Test).FirstOrDefault(name => !byName.ContainsKey(name)) is { } missing
            ? throw new TrainingException($"{missing}: this recording of the run is not in the data any more, or cannot be read; put it back to continue")
            : new Split(Name, [.. Train.Select(name => byName[name])], [.. Test.Select(name => byName[name])]);
    }

    /// <summary>Finds the test recordings in a corpus.</summary>
    /// <returns>Those that are there, in the stored order, and the names of those that are not.</returns>
    public (IReadOnlyList<Utterance> Found, IReadOnlyList<string> Missing) FindTest(Corpus corpus)
    {
        Dictionary<string, Utterance> byName = corpus.Utterances.ToDictionary(u => u.Name, StringComparer.Ordinal);
        return ([.. Test.Where(byName.ContainsKey).Select(name => byName[name])], [.. Test.Where(name => !byName.ContainsKey(name))]);
    }
}
