using System.Text.RegularExpressions;

namespace GpuSer.Training.Data;

/// <summary>
/// Reads RAVDESS (Livingstone and Russo 2018, doi:10.1371/journal.pone.0196391). A file's name is seven numbers of two digits: modality (01
/// audio and video, 02 video, 03 audio), channel (01 speech, 02 song), emotion (01 to 08 in the order of <see cref="Labels"/>), intensity, statement,
/// repetition, actor (01 to 24); for example <c>Actor_12/03-01-06-01-02-01-12.wav</c>. Speech is used, of the audio-only files: song has six
/// emotions alone, and the sound of the other modalities is the same recording again.
/// </summary>
internal static partial class RavdessCorpus
{
    /// <summary>What <c>--dataset</c> calls it.</summary>
    public const string Name = "ravdess";

    private const int Actors = 24;

    /// <summary>The eight emotions, in the order of their codes 01 to 08.</summary>
    public static IReadOnlyList<string> Labels { get; } = ["neutral", "calm", "happiness", "sadness", "anger", "fear", "disgust", "surprise"];

    /// <summary>Whether most recordings below a folder are named as in RAVDESS.</summary>
    public static bool Recognises(string folder) =>
        Datasets.MostFiles(folder, path => NamePattern().IsMatch(Path.GetFileNameWithoutExtension(path)));

    /// <summary>Lists the recordings below a folder by their names; opens none. Files of one stem are one recording.</summary>
    /// <exception cref="TrainingException">The folder is missing, or holds no file that can be used.</exception>
    public static Corpus Load(string folder)
    {
        CorpusBuilder builder = new(folder);
        foreach (string path in RecordingTree.Files(folder, builder.Reject))
        {
            string stem = Path.GetFileNameWithoutExtension(path);
            if (!NamePattern().IsMatch(stem))
            {
                builder.Reject(path, $"'{stem}' is not a RAVDESS name: seven numbers of two digits, as in 03-01-06-01-02-01-12");
                continue;
            }

            int[] field = [.. stem.Split('-').Select(int.Parse)];
            string? problem = Problem(path, field);
            if (problem is not null)
            {
                builder.Reject(path, problem);
            }
            else if (field[0] != 3)
            {
                builder.Exclude("sound of a video");
            }
            else if (field[1] == 2)
            {
                builder.Exclude("song");
            }
            else
            {
                builder.Add(path, field[2] - 1, $"{field[6]:00}", identity: stem);
            }
        }

        return builder.Build(Name, Labels, "recording named as in RAVDESS");
    }

    private static string? Problem(string path, int[] field)
    {
        string? folder = Path.GetFileName(Path.GetDirectoryName(path));
        if (field[0] is < 1 or > 3 || field[1] is < 1 or > 2)
        {
            return $"modality {field[0]:00} or channel {field[1]:00} is none of RAVDESS (01 to 03, 01 to 02)";
        }

        if (field[2] < 1 || field[2] > Labels.Count)
        {
            return $"{field[2]:00} is no emotion of RAVDESS; known are 01 {string.Join(", ", Labels.Select((label, i) => i == 0 ? label : $"{i + 1:00} {label}"))}";
        }

        if (field[6] is < 1 or > Actors)
        {
            return $"{field[6]:00} is no actor of RAVDESS (01 to {Actors})";
        }

        return folder is not null && folder.StartsWith("Actor_", StringComparison.Ordinal) && folder != $"Actor_{field[6]:00}"
            ? $"lies in {folder} but its name says actor {field[6]:00}; it was moved or renamed"
            : null;
    }

    [GeneratedRegex("^[0-9]{2}(-[0-9]{2}){6}$")]
    private static partial Regex NamePattern();
}
