using System.Text;
using GpuSer.Training.Data;

namespace GpuSer.Fuzz.Targets;

/// <summary>Lists of recordings, in the folder that they are about.</summary>
internal static class TableTargets
{
    public static IEnumerable<FuzzTarget> All(string folder)
    {
        string[] recordings = ["a.wav", "b.wav", "c d.wav", "sub/\u00e4.wav"];
        Directory.CreateDirectory(Path.Combine(folder, "sub"));
        foreach (string name in recordings)
        {
            File.WriteAllText(Path.Combine(folder, name), "");
        }

        yield return List("data-list", "path,label,speaker\na.wav,anger,s1\nb.wav,joy,s2\n\"c d.wav\",joy,s1\nsub/\u00e4.wav,anger,s3\n", path => CsvCorpus.Load(path));
        yield return List("lssed-list", "name,emotion,speaker\na,angry,1\nb.wav,happy,2\nc d,sad,3\n", path => LssedCorpus.Load(path));
        yield return List("split-list", "path,part\na.wav,train\nb.wav,test\n./c d.wav,train\n", path => SplitFile.Read(path).Apply(Utterances(recordings)));

        FuzzTarget List(string name, string seed, Action<string> read) => new(name, ".csv", [Encoding.UTF8.GetBytes(seed)], path =>
        {
            string list = Path.Combine(folder, "list.csv");
            File.Copy(path, list, overwrite: true);
            read(list);
        })
        {
            Mutate = TextMutator.MutateCsv,
        };
    }

    private static List<Utterance> Utterances(string[] names) => [.. names.Select(name => new Utterance(name, name, 0, "s"))];
}
