using GpuSer.Training.Data;

namespace GpuSer.Training.Tests.Data;

/// <summary>A folder of a test's own, laid out as the test says.</summary>
internal sealed class DataTree : IDisposable
{
    private readonly SpokenCorpus _folder = new(0, 0);

    public string Root => _folder.Folder;

    public string this[string name] => Path.Combine(Root, name);

    /// <summary>Lays empty files, for readers that open none.</summary>
    public DataTree With(params ReadOnlySpan<string> names)
    {
        foreach (string name in names)
        {
            Text(name, string.Empty);
        }

        return this;
    }

    public DataTree Text(string name, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(this[name])!);
        File.WriteAllText(this[name], text);
        return this;
    }

    /// <summary>Writes a recording of a tone; the same samples for the same arguments.</summary>
    public DataTree Tone(string name, int emotion, int speaker = 0, int text = 0)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(this[name])!);
        _folder.Write(name, SpokenCorpus.Chord(emotion, speaker, text));
        return this;
    }

    public DataTree Link(string name, string target)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(this[name])!);
        Directory.CreateSymbolicLink(this[name], target);
        return this;
    }

    public Corpus Load(string dataset = Datasets.Auto) => Datasets.Load(Root, dataset);

    public void Dispose() => _folder.Dispose();

    /// <summary>Each recording as "name label speaker".</summary>
    public static IEnumerable<string> Lines(Corpus corpus) => corpus.Utterances.Select(u => $"{u.Name} {corpus.Labels[u.Label]} {u.Speaker}");
}
