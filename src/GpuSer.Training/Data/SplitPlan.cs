using System.Text;

namespace GpuSer.Training.Data;

/// <summary>How recordings are parted into training and test.</summary>
public enum SplitKind
{
    /// <summary>A random share of each class is held out, as in the paper.</summary>
    Random,

    /// <summary>Stratified k-fold cross-validation: every recording is tested once.</summary>
    KFold,

    /// <summary>Named speakers are held out.</summary>
    Speakers,

    /// <summary>Each speaker is held out in turn (LOSO).</summary>
    Loso,

    /// <summary>A file lists both parts.</summary>
    File,
}

/// <summary>One split of a plan.</summary>
/// <param name="Name">A short name, fit for a folder and told apart from the plan's others: <c>fold-1</c>, <c>speaker-03</c>.</param>
/// <param name="Split">What is trained on and held out.</param>
public sealed record PlannedSplit(string Name, Split Split);

/// <summary>How a corpus is split: once, or several times with another part held out each.</summary>
public sealed record SplitPlan
{
    /// <summary>Folds where none are asked for.</summary>
    public const int DefaultFolds = 5;

    /// <summary>The way.</summary>
    public SplitKind Kind { get; init; } = SplitKind.Random;

    /// <summary>Number of folds of <see cref="SplitKind.KFold"/>.</summary>
    public int Folds { get; init; } = DefaultFolds;

    /// <summary>The one fold to hold out, from 1; null for each in turn.</summary>
    public int? Fold { get; init; }

    /// <summary>Speakers to hold out, for <see cref="SplitKind.Speakers"/>.</summary>
    public IReadOnlyList<string> TestSpeakers { get; init; } = [];

    /// <summary>The lists of <see cref="SplitKind.File"/>: see <see cref="SplitFile"/>.</summary>
    public string? File { get; init; }

    /// <summary>Whether it is one split alone, and so one training.</summary>
    public bool Single => Kind switch
    {
        SplitKind.KFold => Fold is not null,
        SplitKind.Loso => false,
        _ => true,
    };

    /// <summary>The plan that training options stand for: their speakers, or the paper's share.</summary>
    public static SplitPlan Of(TrainOptions options) =>
        options.TestSpeakers.Count > 0 ? new() { Kind = SplitKind.Speakers, TestSpeakers = options.TestSpeakers } : new();

    /// <summary>What is wrong with this plan; empty where nothing is.</summary>
    public IReadOnlyList<string> Errors() => new OptionErrors()
        .Require(Kind != SplitKind.KFold || Folds >= 2, $"cross-validation needs at least 2 folds, not {Folds}")
        .Require(Kind != SplitKind.KFold || Fold is null || (Fold >= 1 && Fold <= Folds), $"the fold to test with must be from 1 to {Folds}, not {Fold}")
        .Require(Kind != SplitKind.Speakers || TestSpeakers.Count > 0, "no speaker is named to hold out")
        .Require(Kind != SplitKind.File || File is not null, "no file of lists is named")
        .List;

    /// <summary>Splits recordings, the same for the same seed and the same names.</summary>
    /// <returns>At least one split, with names that differ.</returns>
    /// <exception cref="InvalidOptionsException">The plan is impossible.</exception>
    /// <exception cref="TrainingException">The recordings cannot be split so.</exception>
    /// <exception cref="IO.InvalidFileException">The file of lists cannot be used.</exception>
    public IReadOnlyList<PlannedSplit> Make(IReadOnlyList<Utterance> utterances, ulong seed)
    {
        new OptionErrors().Include(Errors()).ThrowIfAny();
        return Kind switch
        {
            SplitKind.KFold => [.. Splitting.KFold(utterances, Folds, seed).Select((split, i) => new PlannedSplit($"fold-{i + 1}", split))
                .Where((_, i) => Fold is null || Fold == i + 1)],
            SplitKind.Loso => LeaveOneOut(utterances),
            SplitKind.Speakers => [new("speakers", Splitting.BySpeaker(utterances, TestSpeakers))],
            SplitKind.File => [new("file", SplitFile.Read(File!).Apply(utterances))],
            _ => [new("random", Splitting.Stratified(utterances, seed))],
        };
    }

    private static List<PlannedSplit> LeaveOneOut(IReadOnlyList<Utterance> utterances)
    {
        string[] speakers = Splitting.Speakers(utterances);
        if (speakers.Length < 2)
        {
            throw new TrainingException($"all recordings are of the speaker {speakers[0]}; to leave one out needs two");
        }

        HashSet<string> taken = new(StringComparer.Ordinal);
        List<PlannedSplit> splits = [];
        foreach (string speaker in speakers)
        {
            // A speaker's name may hold what a folder's must not.
            StringBuilder safe = new("speaker-");
            foreach (char c in speaker)
            {
                safe.Append(char.IsLetterOrDigit(c) || c is '-' or '_' ? c : '_');
            }

            string name = safe.ToString();
            for (int number = 2; !taken.Add(name); number++)
            {
                name = $"{safe}-{number}";
            }

            splits.Add(new PlannedSplit(name, Splitting.BySpeaker(utterances, [speaker])));
        }

        return splits;
    }
}
