using GpuSer.Audio;
using GpuSer.IO;

namespace GpuSer.Training.Data;

/// <summary>
/// Reads LSSED (Fan et al. 2021, arXiv:2102.01754): recordings of 820 speakers with a CSV file of metadata, eleven emotions. The set is given out on
/// request and the names of its columns are not published, so they are looked for: the file under <c>name</c>, <c>file</c>, <c>filename</c>, <c>file_name</c>,
/// <c>wav</c>, <c>audio</c> or <c>path</c>, the emotion under <c>emotion</c> or <c>label</c>, the speaker under <c>speaker</c>, <c>speaker_id</c>, <c>subject</c>
/// or <c>subject_id</c>. A file is found by its path below the list, with or without <c>.wav</c>, or anywhere below by a stem that is there once; a stem may hold dots.
/// </summary>
/// <remarks>
/// The usual rule keeps four emotions, in the order of the authors' own networks (github.com/tobefans/LSSED: angry 0, neutral 1, happy 2, sad 3);
/// the other seven are left out, or kept after those.
/// </remarks>
internal static class LssedCorpus
{
    /// <summary>What <c>--dataset</c> calls the four classes.</summary>
    public const string Name = "lssed";

    /// <summary>What <c>--dataset</c> calls all eleven.</summary>
    public const string AllName = "lssed11";

    private static readonly string[] Words =
        ["angry", "neutral", "happy", "sad", "fear", "disappointed", "bored", "disgusted", "excited", "surprised", "other"];

    // Words that lists of other sets do not have, or not so.
    private static readonly string[] OwnWords = ["disappointed", "bored", "excited"];

    /// <summary>The eleven emotions, those four first.</summary>
    public static IReadOnlyList<string> Labels { get; } =
        ["anger", "neutral", "happiness", "sadness", "fear", "disappointment", "boredom", "disgust", "excitement", "surprise", "other"];

    /// <summary>Whether the source is such a list, or a folder with one, told by its emotions: the columns are those of many lists.</summary>
    public static bool Recognises(string source) => !CsvCorpus.Recognises(source) && CsvCorpus.Lists(source).Any(list => IsList(list) && HoldsItsEmotions(list));

    /// <summary>Reads the list; opens no recording.</summary>
    /// <param name="source">The list, or the folder that holds it.</param>
    /// <param name="classes">4, or 11 for all.</param>
    /// <exception cref="TrainingException">There is no list or more than one, or nothing on it can be used.</exception>
    /// <exception cref="InvalidFileException">The list cannot be read.</exception>
    public static Corpus Load(string source, int classes = 4)
    {
        CsvTable table = CsvTable.Read(CsvCorpus.Only(source, IsList, "LSSED's metadata (columns of file and emotion)"));
        (int file, int emotion, int speaker) = Columns(table);
        if (file < 0 || emotion < 0)
        {
            throw new InvalidFileException(table.Path, "has no column of the file (name, file, path) or of the emotion; is it LSSED's metadata?");
        }

        string folder = CsvCorpus.FolderOf(table.Path);
        CorpusBuilder builder = new(source, folder);
        ILookup<string, string> byStem = RecordingTree.Files(folder, builder.Reject).ToLookup(path => Path.GetFileNameWithoutExtension(path), StringComparer.Ordinal);
        foreach (CsvRow row in table.Rows)
        {
            string place = $"{table.Path}, line {row.Line}";
            string? name = CsvTable.Field(row, file), word = CsvTable.Field(row, emotion)?.ToLowerInvariant();
            int label = word is null ? -1 : Array.IndexOf(Words, word);
            if (table.Problem(row) is { } problem)
            {
                builder.Reject(place, problem);
            }
            else if (name is null)
            {
                builder.Reject(place, "names no file");
            }
            else if (label < 0)
            {
                builder.Reject(place, $"'{word}' is no emotion of LSSED; known are {string.Join(", ", Words)}");
            }
            else if (label >= classes)
            {
                builder.Exclude(word!);
            }
            else
            {
                builder.Add(Find(folder, name, byStem), label, CsvTable.Field(row, speaker) ?? Utterance.UnknownSpeaker);
            }
        }

        return builder.Build(classes == 4 ? Name : AllName, [.. Labels.Take(classes)], "recording of LSSED's metadata");
    }

    private static string Find(string folder, string name, ILookup<string, string> byStem)
    {
        string path = Path.GetFullPath(name, folder);
        bool named = AudioFile.IsAudioPath(path);
        string withExtension = named ? path : path + ".wav";
        if (File.Exists(path) || File.Exists(withExtension))
        {
            return File.Exists(path) ? path : withExtension;
        }

        // What stands behind a dot is an extension only where it is one of sound: 007.1 is another recording than 007.
        string[] found = [.. byStem[named ? Path.GetFileNameWithoutExtension(path) : Path.GetFileName(path)]];
        return found.Length == 1 ? found[0] : withExtension;
    }

    private static bool HoldsItsEmotions(string file)
    {
        try
        {
            CsvTable table = CsvTable.Read(file);
            int emotion = Columns(table).Emotion;
            string[] words = [.. table.Rows.Select(row => CsvTable.Field(row, emotion)?.ToLowerInvariant() ?? "")];
            return words.Any(OwnWords.Contains) && 2 * words.Count(Words.Contains) > words.Length;
        }
        catch (InvalidFileException)
        {
            return false;
        }
    }

    private static bool IsList(string file) => CsvTable.Heading(file) is { } heading && Columns(heading) is { File: >= 0, Emotion: >= 0 };

    private static (int File, int Emotion, int Speaker) Columns(CsvTable table) => (
        table.Column("name", "file", "filename", "file_name", "wav", "audio", "path"),
        table.Column("emotion", "label"),
        table.Column("speaker", "speaker_id", "subject", "subject_id"));
}
