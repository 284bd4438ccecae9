namespace GpuSer.Training.Data;

/// <summary>
/// Reads one folder a class: <c>anger/1.wav</c>, or with a folder for each speaker below, <c>anger/anna/1.wav</c>. The classes are the names of
/// the folders that hold recordings, in ordinal order.
/// </summary>
internal static class FolderCorpus
{
    /// <summary>What <c>--dataset</c> calls it.</summary>
    public const string Name = "folders";

    /// <summary>Whether a folder holds recordings in at least two folders and none beside them.</summary>
    public static bool Recognises(string folder)
    {
        string[][] parts = [.. Parts(folder)];
        return parts.All(part => part.Length > 1) && parts.Select(part => part[0]).Distinct(StringComparer.Ordinal).Count() > 1;
    }

    /// <summary>Lists the recordings; opens none.</summary>
    /// <exception cref="TrainingException">The folder is missing, or holds no file that can be used.</exception>
    public static Corpus Load(string folder)
    {
        CorpusBuilder builder = new(folder);
        string[][] parts = [.. Parts(folder, builder.Reject)];
        string[] labels = [.. parts.Where(part => part.Length > 1).Select(part => part[0]).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        foreach (string[] part in parts)
        {
            string path = Path.Combine([folder, .. part]);
            if (part.Length == 1)
            {
                builder.Reject(path, "lies beside the folders of the classes; move it into one of them");
            }
            else
            {
                builder.Add(path, Array.IndexOf(labels, part[0]), part.Length > 2 ? part[1] : Utterance.UnknownSpeaker);
            }
        }

        return builder.Build(Name, labels, "recording in a folder of its class");
    }

    /// <summary>The folders and the name of each recording, below the folder.</summary>
    private static IEnumerable<string[]> Parts(string folder, Action<string, string>? reject = null) => Directory.Exists(folder)
        ? RecordingTree.Files(folder, reject).Select(path => Path.GetRelativePath(folder, path).Split(Path.DirectorySeparatorChar))
        : [];
}
