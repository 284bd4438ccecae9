using GpuSer.IO;
using GpuSer.Training.Runs;

namespace GpuSer.Training.Data;

/// <summary>
/// Fixed lists of what to train on and what to hold out: a run's <c>split.json</c>, or a CSV file with the columns <c>path</c> and <c>part</c>, the part
/// being <c>train</c> or <c>test</c>. Both name recordings by their paths below the data folder.
/// </summary>
internal sealed class SplitFile
{
    private readonly string _path;
    private readonly IReadOnlyList<string> _train, _test;

    private SplitFile(string path, IReadOnlyList<string> train, IReadOnlyList<string> test)
    {
        (_path, _train, _test) = (path, train, test);
        HashSet<string> seen = new(StringComparer.Ordinal);
        if (train.Concat(test).FirstOrDefault(name => !seen.Add(name)) is { } twice)
        {
            throw new InvalidFileException(path, $"lists {twice} twice; a recording is either trained on or held out");
        }
    }

    /// <summary>Reads the lists.</summary>
    /// <exception cref="InvalidFileException">The file is missing or damaged, names an unknown part, or lists a recording twice.</exception>
    public static SplitFile Read(string path)
    {
        if (!Path.GetExtension(path).Equals(".csv", StringComparison.OrdinalIgnoreCase))
        {
            StoredSplit stored = StoredSplit.Read(path);
            return new SplitFile(path, stored.Train, stored.Test);
        }

        CsvTable table = CsvTable.Read(path);
        int name = table.Column("path"), part = table.Column("part");
        if (name < 0 || part < 0)
        {
            throw new InvalidFileException(path, "has no column path or no column part; its first line must be path,part");
        }

        Dictionary<string, List<string>> parts = new(StringComparer.OrdinalIgnoreCase) { ["train"] = [], ["test"] = [] };
        foreach (CsvRow row in table.Rows)
        {
            if (CsvTable.Field(row, name) is not { } file || CsvTable.Field(row, part) is not { } which || !parts.TryGetValue(which, out List<string>? list))
            {
                throw new InvalidFileException(path, $"line {row.Line} must name a path and its part, train or test");
            }

            list.Add(Normal(file));
        }

        return new SplitFile(path, parts["train"], parts["test"]);
    }

    /// <summary>Finds the recordings of both lists; those on neither are not used.</summary>
    /// <exception cref="TrainingException">None of a list's recordings is there.</exception>
    public Split Apply(IReadOnlyList<Utterance> utterances)
    {
        Dictionary<string, Utterance> byName = utterances.ToDictionary(u => u.Name, StringComparer.Ordinal);
        Utterance[] train = [.. _train.Where(byName.ContainsKey).Select(name => byName[name])];
        Utterance[] test = [.. _test.Where(byName.ContainsKey).Select(name => byName[name])];
        int listed = _train.Count + _test.Count, missing = listed - train.Length - test.Length;
        if (listed > 0 && missing == listed)
        {
            throw new TrainingException($"{_path}: none of its {listed} recordings is in the data, the first is {_train.Concat(_test).First()}; names are paths below the data folder");
        }

        return new Split($"lists of {_path}" + (missing == 0 ? "" : $", {missing} of {listed} not usable"), train, test);
    }

    private static string Normal(string name) => name.Replace('\\', '/') is var path && path.StartsWith("./", StringComparison.Ordinal) ? path[2..] : path;
}
