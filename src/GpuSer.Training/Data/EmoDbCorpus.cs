namespace GpuSer.Training.Data;

/// <summary>
/// Reads a folder whose files are named as in EMO-DB (Burkhardt et al. 2005): two digits of the speaker, three characters of the
/// text, a letter of the emotion, a letter of the version; for example <c>03a01Fa.wav</c>.
/// </summary>
internal static class EmoDbCorpus
{
    /// <summary>What <c>--dataset</c> calls it.</summary>
    public const string Name = "emodb";

    private const int EmotionPosition = 5;

    /// <summary>Whether most recordings below a folder are named as in EMO-DB.</summary>
    public static bool Recognises(string folder) => Datasets.MostFiles(folder, path => Parse(path, path, out _) is not null);

    /// <summary>Lists the recordings below a folder by their names; opens none. Files of one stem are one recording.</summary>
    /// <exception cref="TrainingException">The folder is missing, or holds no file that can be used.</exception>
    public static Corpus Load(string folder)
    {
        CorpusBuilder builder = new(folder);
        foreach (string path in RecordingTree.Files(folder, builder.Reject))
        {
            if (Parse(path, builder.NameOf(path), out string reason) is { } utterance)
            {
                builder.Add(path, utterance.Label, utterance.Speaker, identity: Path.GetFileNameWithoutExtension(path));
            }
            else
            {
                builder.Reject(path, reason);
            }
        }

        return builder.Build(Name, EmotionLabels.EmoDb, "recording named as in EMO-DB");
    }

    /// <summary>Reads label and speaker from a file's name.</summary>
    /// <param name="path">The file.</param>
    /// <param name="name">What to call it.</param>
    /// <param name="reason">Why the name says nothing, where the result is null.</param>
    public static Utterance? Parse(string path, string name, out string reason)
    {
        string stem = Path.GetFileNameWithoutExtension(path);
        reason = string.Empty;
        if (stem.Length <= EmotionPosition || !char.IsAsciiDigit(stem[0]) || !char.IsAsciiDigit(stem[1]))
        {
            reason = $"'{stem}' is not an EMO-DB name: two digits of the speaker, three characters of the text, the letter of the emotion";
            return null;
        }

        int label = EmotionLabels.FromEmoDbLetter(stem[EmotionPosition]);
        if (label < 0)
        {
            reason = $"'{stem[EmotionPosition]}' in '{stem}' is no emotion; known are A fear, T sadness, E disgust, W anger, L boredom, N neutral, F happiness";
            return null;
        }

        return new Utterance(path, name, label, stem[..2]);
    }
}
