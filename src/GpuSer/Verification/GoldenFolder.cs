using GpuSer.IO;

namespace GpuSer.Verification;

/// <summary>
/// Golden files: a folder for each signal with the input <c>signal.npy</c>, <c>voiced.npy</c> and every stage made of it; and <c>batch4</c>, signals
/// of different lengths with their padded forms and images.
/// </summary>
internal sealed class GoldenFolder
{
    private const string BatchFolder = "batch4";

    private readonly string _path;

    private GoldenFolder(string path, IReadOnlyList<string> signals) => (_path, Signals) = (path, signals);

    /// <summary>Names of the signals that have every stage, in order.</summary>
    public IReadOnlyList<string> Signals { get; }

    /// <summary>Whether the batch is there.</summary>
    public bool HasBatch => Directory.Exists(Path.Combine(_path, BatchFolder));

    /// <summary>Opens a folder.</summary>
    /// <exception cref="InvalidFileException">There is no such folder, or no signal in it.</exception>
    public static GoldenFolder Open(string path)
    {
        string[] folders = InvalidFileException.Guard(path, () => Directory.GetDirectories(path));
        string[] signals =
        [
            .. folders.Where(folder => File.Exists(Path.Combine(folder, "signal.npy"))).Select(folder => Path.GetFileName(folder)!).Order(StringComparer.Ordinal),
        ];
        return signals.Length > 0
            ? new GoldenFolder(path, signals)
            : throw new InvalidFileException(path, "has no folder with a signal.npy; give the folder of the golden files");
    }

    /// <summary>Reads <c>signal/stage.npy</c>.</summary>
    /// <exception cref="InvalidFileException">The file is missing or damaged.</exception>
    public NpyArray Load(string signal, string stage) => NpyFile.Read(Path.Combine(_path, signal, stage + ".npy"));

    /// <summary>Reads <c>batch4/name.npy</c>.</summary>
    /// <exception cref="InvalidFileException">The file is missing or damaged.</exception>
    public NpyArray LoadBatch(string name) => Load(BatchFolder, name);

    /// <summary>Reads the batch's <c>name0.npy</c>, <c>name1.npy</c> and so on.</summary>
    /// <exception cref="InvalidFileException">A file is damaged, or there is none.</exception>
    public float[][] LoadBatchSignals(string name)
    {
        int count = Enumerable.Range(0, int.MaxValue).First(i => !File.Exists(Path.Combine(_path, BatchFolder, $"{name}{i}.npy")));
        return count > 0
            ? [.. Enumerable.Range(0, count).Select(i => LoadBatch($"{name}{i}").Data)]
            : throw new InvalidFileException(Path.Combine(_path, BatchFolder), $"has no {name}0.npy");
    }
}
