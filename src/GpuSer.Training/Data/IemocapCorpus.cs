using System.Text.RegularExpressions;
using GpuSer.IO;

namespace GpuSer.Training.Data;

/// <summary>
/// Reads IEMOCAP (Busso et al. 2008, doi:10.1007/s10579-008-9076-6): the labels of a dialogue stand in
/// <c>Session1/dialog/EmoEvaluation/Ses01F_impro01.txt</c>, a line a turn, <c>[6.2901 - 8.2357]\tSes01F_impro01_F000\tneu\t[2.5, 2.5, 2.5]</c>, and the turn's
/// sound in <c>Session1/sentences/wav/Ses01F_impro01/Ses01F_impro01_F000.wav</c>. The speaker is the session with the letter before the turn's number
/// (<c>Ses01F</c>); the letter in front names who wore the markers.
/// </summary>
/// <remarks>
/// The usual rule: excitement counts as happiness, and of the ten labels those four are used that most work reports on (5,531 turns), or
/// these and frustration. The others, and turns without agreement (xxx), are left out.
/// </remarks>
internal static partial class IemocapCorpus
{
    /// <summary>What <c>--dataset</c> calls the four classes.</summary>
    public const string Name = "iemocap";

    /// <summary>What <c>--dataset</c> calls them with frustration.</summary>
    public const string FiveName = "iemocap5";

    private static readonly string[] Codes = ["ang", "hap", "neu", "sad", "fru"];
    private static readonly string[] OtherCodes = ["fea", "sur", "dis", "oth", "xxx"];

    /// <summary>The classes: anger, happiness (with excitement), neutral, sadness; frustration is the fifth.</summary>
    public static IReadOnlyList<string> Labels { get; } = ["anger", "happiness", "neutral", "sadness", "frustration"];

    /// <summary>Whether a folder holds IEMOCAP's sessions.</summary>
    public static bool Recognises(string folder) => Sessions(folder).Any(session => Directory.Exists(EvaluationFolder(session)));

    /// <summary>Lists the turns of all sessions; opens no recording.</summary>
    /// <param name="folder">The folder with <c>Session1</c> to <c>Session5</c>.</param>
    /// <param name="classes">4, or 5 with frustration.</param>
    /// <exception cref="TrainingException">The folder is missing, or holds no turn that can be used.</exception>
    public static Corpus Load(string folder, int classes = 4)
    {
        CorpusBuilder builder = new(folder);
        foreach (string session in Sessions(folder))
        {
            foreach (string list in Dialogues(builder, session))
            {
                ReadDialogue(builder, session, list, classes);
            }
        }

        return builder.Build(classes == 4 ? Name : FiveName, [.. Labels.Take(classes)], "turn of IEMOCAP (Session1/dialog/EmoEvaluation/*.txt)");
    }

    private static IEnumerable<string> Sessions(string folder) => Directory.Exists(folder)
        ? InvalidFileException.Guard(folder, () => Directory.GetDirectories(folder, "Session*")).Order(StringComparer.Ordinal)
        : [];

    // A folder that may not be entered looks like one that is not there, unless its files are asked for.
    private static IEnumerable<string> Dialogues(CorpusBuilder builder, string session)
    {
        string folder = EvaluationFolder(session);
        try
        {
            return Directory.GetFiles(folder, "Ses*.txt").Order(StringComparer.Ordinal);
        }
        catch (DirectoryNotFoundException)
        {
            return [];
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            builder.Reject(folder, $"cannot be read, so that its session is left out: {error.Message}");
            return [];
        }
    }

    private static string EvaluationFolder(string session) => Path.Combine(session, "dialog", "EmoEvaluation");

    private static void ReadDialogue(CorpusBuilder builder, string session, string list, int classes)
    {
        string dialogue = Path.GetFileNameWithoutExtension(list);
        string[] lines;
        try
        {
            lines = InvalidFileException.Guard(list, () => File.ReadAllLines(list));
        }
        catch (InvalidFileException error)
        {
            builder.Reject(list, error.InnerException!.Message);
            return;
        }

        // Below each turn stand the lines of the single judges, above all a heading that begins with %.
        for (int i = 0; i < lines.Length; i++)
        {
            if (!lines[i].StartsWith('['))
            {
                continue;
            }

            Match turn = TurnPattern().Match(lines[i]);
            string place = $"{list}, line {i + 1}";
            if (!turn.Success || !turn.Groups["dialogue"].ValueSpan.SequenceEqual(dialogue))
            {
                builder.Reject(place, $"is not a turn of {dialogue}: [start - end], {dialogue}_F000, the emotion, [valence, activation, dominance], between tabs");
                continue;
            }

            Add(builder, session, turn, place, classes);
        }
    }

    private static void Add(CorpusBuilder builder, string session, Match turn, string place, int classes)
    {
        string code = turn.Groups["emotion"].Value, dialogue = turn.Groups["dialogue"].Value, name = turn.Groups["turn"].Value;
        int label = Array.IndexOf(Codes, code == "exc" ? "hap" : code);
        if (label < 0 && !OtherCodes.Contains(code))
        {
            builder.Reject(place, $"'{code}' is no emotion of IEMOCAP; known are {string.Join(", ", Codes)}, exc, {string.Join(", ", OtherCodes)}");
        }
        else if (label < 0 || label >= classes)
        {
            builder.Exclude(code == "xxx" ? "no agreement (xxx)" : code);
        }
        else
        {
            string speaker = dialogue[..5] + turn.Groups["gender"].Value;
            builder.Add(Path.Combine(session, "sentences", "wav", dialogue, name + ".wav"), label, speaker);
        }
    }

    [GeneratedRegex(@"^\[\s*[0-9.]+\s*-\s*[0-9.]+\s*\]\s+(?<turn>(?<dialogue>Ses[0-9]{2}[FM]_[A-Za-z0-9_]+)_(?<gender>[FM])[0-9A-Za-z]+)\s+(?<emotion>[a-z]+)\s")]
    private static partial Regex TurnPattern();
}
