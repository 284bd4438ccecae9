using GpuSer.Training.Data;
using GpuSer.Training.Runs;

namespace GpuSer.Training.Reports;

/// <summary>Finds the recordings of what is reported, by their names, for images and players. Groups of the same data share what was read.</summary>
/// <param name="notes">Told what is not at hand.</param>
internal sealed class ReportRecordings(List<string> notes)
{
    private readonly Dictionary<(string Data, string Dataset), Corpus?> _read = [];

    /// <summary>Takes a corpus for the data of a group, and of those of the same data, wherever they had it.</summary>
    public void Give(RunGroup group, Corpus corpus) => _read[DataOf(group)] = corpus;

    /// <summary>
    /// A group's recordings under its network's classes, which are found by their names: data may have got other classes since. Recordings of a class that the
    /// network does not know are left out; none are there where the data is not at hand.
    /// </summary>
    /// <param name="group">What is reported.</param>
    /// <param name="missing">What a page lacks without them.</param>
    public IReadOnlyDictionary<string, Utterance> Of(RunGroup group, string missing)
    {
        if (Corpus(group, missing) is not { } corpus)
        {
            return new Dictionary<string, Utterance>();
        }

        string[] labels = [.. group.First.Configuration.Model.Labels];
        int[] to = [.. corpus.Labels.Select(label => Array.IndexOf(labels, label))];
        Dictionary<string, Utterance> byName = corpus.Utterances.Where(u => to[u.Label] >= 0)
            .ToDictionary(u => u.Name, u => u with { Label = to[u.Label] }, StringComparer.Ordinal);
        StoredSplit split = group.First.Split;
        if (!split.Test.Concat(split.Train).Any(byName.ContainsKey))
        {
            string there = corpus.Utterances.Count == 0 ? "" : $" ({split.Test.Concat(split.Train).FirstOrDefault()} in the run, {corpus.Utterances[0].Name} there)";
            notes.Add(
                $"{missing}: no recording in {corpus.Folder} has the name and a class of the run{there}. "
                + "Names are paths below the folder that train was given; gpuser report --data takes the same level of it.");
        }

        return byName;
    }

    private static (string Data, string Dataset) DataOf(RunGroup group) => (group.First.Configuration.Data, group.First.Configuration.Dataset);

    private Corpus? Corpus(RunGroup group, string missing)
    {
        (string data, string dataset) = DataOf(group);
        if (_read.TryGetValue((data, dataset), out Corpus? read))
        {
            return read;
        }

        try
        {
            read = Datasets.Load(data, dataset);
        }
        catch (GpuSerException error)
        {
            notes.Add($"{missing}: the recordings are not at hand ({error.Message}). gpuser report --data DIR says where those of the first run are now.");
        }

        return _read[(data, dataset)] = read;
    }
}
