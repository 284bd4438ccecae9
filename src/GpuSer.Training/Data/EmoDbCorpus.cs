using GpuSer.Audio;

namespace GpuSer.Training.Data;

/// <summary>
/// Reads a folder whose files are named as in EMO-DB (Burkhardt et al. 2005): two digits of the speaker, three characters of the
/// text, a letter of the emotion, a letter of the version; for example <c>03a01Fa.wav</c>.
/// </summary>
public static class EmoDbCorpus
{
    private const int EmotionPosition = 5;

    /// <summary>Lists the recordings below a folder by their names; opens none.</summary>
    /// <exception cref="TrainingException">The folder is missing, or holds no file that can be used.</exception>
    public static Corpus Load(string folder)
    {
        if (!Directory.Exists(folder))
        {
            throw new TrainingException($"{folder}: no such folder; give the folder of the recordings with --data");
        }

        List<Utterance> utterances = [];
        List<BadFile> badFiles = [];
        foreach (string path in AudioFiles(folder))
        {
            string name = Path.GetRelativePath(folder, path).Replace('\\', '/');
            if (Parse(path, name, out string reason) is { } utterance)
            {
                utterances.Add(utterance);
            }
            else
            {
                badFiles.Add(new BadFile(path, reason));
            }
        }

        if (utterances.Count == 0)
        {
            string found = badFiles.Count == 0
                ? "holds no audio file (WAV, FLAC, Ogg, MP3)"
                : $"holds no recording named as in EMO-DB; {badFiles[0].Path}: {badFiles[0].Reason}";
            throw new TrainingException($"{folder}: {found}");
        }

        return new Corpus(folder, EmotionLabels.EmoDb, utterances, badFiles);
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

    private static IEnumerable<string> AudioFiles(string folder)
    {
        EnumerationOptions options = new() { RecurseSubdirectories = true, IgnoreInaccessible = true };
        return Directory.EnumerateFiles(folder, "*", options)
            .Where(AudioFile.IsAudioPath)
            .Order(StringComparer.Ordinal);
    }
}
