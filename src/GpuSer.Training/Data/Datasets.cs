namespace GpuSer.Training.Data;

/// <summary>A way to lay out recordings with their labels.</summary>
/// <param name="Name">What <c>--dataset</c> calls it.</param>
/// <param name="Layout">How its files lie, in words.</param>
/// <param name="Recognises">Whether a folder or list looks like it; opens no recording.</param>
/// <param name="Load">Lists its recordings.</param>
public sealed record Dataset(string Name, string Layout, Func<string, bool> Recognises, Func<string, Corpus> Load);

/// <summary>The data sets that can be read.</summary>
public static class Datasets
{
    /// <summary>Name that stands for looking which it is.</summary>
    public const string Auto = "auto";

    private static readonly Func<string, bool> ByNameAlone = _ => false;

    /// <summary>All of them; those that say most about themselves first, which is the order they are looked for in.</summary>
    public static IReadOnlyList<Dataset> All { get; } =
    [
        new(CsvCorpus.Name, "a list with the columns path,label,speaker", CsvCorpus.Recognises, CsvCorpus.Load),
        new(IemocapCorpus.Name, "IEMOCAP: Session1/dialog/EmoEvaluation/*.txt; four classes", IemocapCorpus.Recognises, folder => IemocapCorpus.Load(folder)),
        new(IemocapCorpus.FiveName, "IEMOCAP with frustration", ByNameAlone, folder => IemocapCorpus.Load(folder, 5)),
        new(RavdessCorpus.Name, "RAVDESS: Actor_12/03-01-06-01-02-01-12.wav; speech", RavdessCorpus.Recognises, RavdessCorpus.Load),
        new(EmoDbCorpus.Name, "EMO-DB: 03a01Fa.wav", EmoDbCorpus.Recognises, EmoDbCorpus.Load),
        new(LssedCorpus.Name, "LSSED: a list with columns of file and emotion; four classes", LssedCorpus.Recognises, source => LssedCorpus.Load(source)),
        new(LssedCorpus.AllName, "LSSED with all eleven emotions", ByNameAlone, source => LssedCorpus.Load(source, 11)),
        new(FolderCorpus.Name, "a folder a class: anger/1.wav, or anger/speaker/1.wav", FolderCorpus.Recognises, FolderCorpus.Load),
    ];

    /// <summary>Lists the recordings of a folder or list.</summary>
    /// <param name="source">The folder, or a CSV file.</param>
    /// <param name="name">One of <see cref="All"/>, or <see cref="Auto"/>.</param>
    /// <exception cref="TrainingException">There is no such folder, it looks like no data set, or nothing in it can be used.</exception>
    /// <exception cref="IO.InvalidFileException">Its list cannot be read.</exception>
    public static Corpus Load(string source, string name = Auto)
    {
        if (!File.Exists(source))
        {
            CorpusBuilder.RequireFolder(source);
        }

        Dataset? dataset = All.FirstOrDefault(known => name == Auto ? known.Recognises(source) : known.Name == name);
        return dataset?.Load(source) ?? throw new TrainingException(name == Auto
            ? $"{source}: {Unknown(source)}"
            : $"'{name}' is no data set; known are {string.Join(", ", All.Select(known => known.Name))}");
    }

    /// <summary>Whether at least half of a folder's recordings are of a kind, and there are any.</summary>
    internal static bool MostFiles(string folder, Func<string, bool> isOfKind)
    {
        if (!Directory.Exists(folder))
        {
            return false;
        }

        IReadOnlyList<string> files = RecordingTree.Files(folder);
        return files.Count > 0 && 2 * files.Count(isOfKind) >= files.Count;
    }

    private static string Unknown(string source)
    {
        List<string> unreadable = [];
        IReadOnlyList<string> files = Directory.Exists(source)
            ? RecordingTree.Files(source, (path, reason) => unreadable.Add($"{path} {reason}"))
            : [];
        return files.Count == 0 && Directory.Exists(source)
            ? "holds no audio file (WAV, FLAC, Ogg, MP3)" + (unreadable.Count == 0 ? "" : $"; {unreadable[0]}")
            : $"is laid out as no data set that is known{(files.Count == 0 ? "" : $" (the first recording is {files[0]})")}; "
                + "write a CSV file with the columns path,label,speaker, sort the recordings into one folder a class, or name the data set with --dataset";
    }
}
