namespace GpuSer.Training.Data;

/// <summary>Gathers what a data set's reader finds: recordings, files that cannot be used, and what the set's rule leaves out.</summary>
internal sealed class CorpusBuilder
{
    private readonly string _source, _root;
    private readonly List<Utterance> _utterances = [];
    private readonly List<BadFile> _bad = [];
    private readonly SortedDictionary<string, int> _excluded = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _seen = new(StringComparer.Ordinal);

    /// <summary>Begins a corpus.</summary>
    /// <param name="source">The folder or list, as it was given.</param>
    /// <param name="root">The folder that names are relative to; null for <paramref name="source"/>.</param>
    /// <exception cref="TrainingException">There is no such folder.</exception>
    public CorpusBuilder(string source, string? root = null)
    {
        (_source, _root) = (source, root ?? source);
        RequireFolder(_root);
    }

    /// <summary>Fails where a folder is missing.</summary>
    public static void RequireFolder(string folder)
    {
        if (!Directory.Exists(folder))
        {
            throw new TrainingException($"{folder}: no such folder; give the folder of the recordings with --data");
        }
    }

    /// <summary>A file's path below the corpus folder, with forward slashes; one elsewhere begins with <c>..</c>.</summary>
    public string NameOf(string path) => Path.GetRelativePath(_root, path).Replace('\\', '/');

    /// <summary>Adds a recording, unless it is missing or here already.</summary>
    /// <param name="path">The file.</param>
    /// <param name="label">Its class.</param>
    /// <param name="speaker">Who speaks.</param>
    /// <param name="identity">What tells recordings of this data set apart; null for the file's name below the folder.</param>
    public void Add(string path, int label, string speaker, string? identity = null)
    {
        string name = NameOf(path);
        if (!File.Exists(path))
        {
            Reject(path, Directory.Exists(path) ? "is a folder, not a recording" : "no such file; copy it there, or take it off the list");
        }
        else if (!_seen.TryAdd(identity ?? name, name))
        {
            Reject(path, $"is the same recording as {_seen[identity ?? name]}; the first is used");
        }
        else
        {
            _utterances.Add(new Utterance(path, name, label, speaker));
        }
    }

    /// <summary>Lists a file, or a place in a list, that cannot be used.</summary>
    public void Reject(string path, string reason) => _bad.Add(new BadFile(path, reason));

    /// <summary>Counts a recording that the data set's rule leaves out.</summary>
    public void Exclude(string reason) => _excluded[reason] = _excluded.GetValueOrDefault(reason) + 1;

    /// <summary>Ends the corpus.</summary>
    /// <param name="dataset">What it was taken for.</param>
    /// <param name="labels">Names of the classes.</param>
    /// <param name="wanted">What a usable recording would be, for the message where there is none.</param>
    /// <exception cref="TrainingException">Nothing can be used.</exception>
    public Corpus Build(string dataset, IReadOnlyList<string> labels, string wanted)
    {
        if (_utterances.Count == 0)
        {
            string found = (_bad.Count, _excluded.Count) switch
            {
                (0, 0) => "holds no audio file (WAV, FLAC, Ogg, MP3)",
                (0, _) => $"holds no {wanted}; all {_excluded.Values.Sum()} are left out by rule: {string.Join(", ", _excluded.Keys)}",
                _ => $"holds no {wanted}; {_bad[0].Path}: {_bad[0].Reason}",
            };
            throw new TrainingException($"{_source}: {found}");
        }

        return new Corpus(_source, labels, [.. _utterances.OrderBy(u => u.Name, StringComparer.Ordinal)], _bad)
        {
            Dataset = dataset,
            Excluded = [.. _excluded.Select(pair => new Exclusion(pair.Key, pair.Value))],
        };
    }
}
