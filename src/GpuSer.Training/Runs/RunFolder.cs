using System.Globalization;
using System.Text;
using GpuSer.IO;
using GpuSer.Training.Data;
using GpuSer.Training.Evaluation;
using GpuSer.Training.Models;
using GpuSer.Training.Weights;

namespace GpuSer.Training.Runs;

/// <summary>
/// The folder of a training: <c>config.json</c>, <c>split.json</c>, <c>results.csv</c> (a line an epoch), <c>confusion.csv</c> and
/// <c>speakers.csv</c> (of the best epoch),
/// <c>weights/best.safetensors</c> and <c>weights/last.safetensors</c>. Each file is replaced as a whole, so a run that was cut off can be read.
/// </summary>
public sealed class RunFolder
{
    private const string ResultsHeader =
        "epoch,train_loss,test_loss,accuracy,uar,seconds,train_accuracy,macro_f1,"
        + "features_seconds,forward_seconds,backward_seconds,optimiser_seconds,test_seconds\n";

    private readonly StringBuilder _results = new(ResultsHeader);

    private RunFolder(string path, RunConfiguration configuration, StoredSplit split)
    {
        (Path, Configuration, Split) = (path, configuration, split);
    }

    /// <summary>The folder.</summary>
    public string Path { get; }

    /// <summary>What the run was made with.</summary>
    public RunConfiguration Configuration { get; }

    /// <summary>What was trained on and tested with.</summary>
    public StoredSplit Split { get; }

    /// <summary>The weights with the best test accuracy.</summary>
    public string BestWeights => System.IO.Path.Combine(Path, "weights", "best.safetensors");

    /// <summary>The weights after the last epoch.</summary>
    public string LastWeights => System.IO.Path.Combine(Path, "weights", "last.safetensors");

    /// <summary>The figures of each epoch.</summary>
    public string Results => System.IO.Path.Combine(Path, "results.csv");

    /// <summary>The confusion matrix of the best epoch's test.</summary>
    public string Confusion => System.IO.Path.Combine(Path, "confusion.csv");

    /// <summary>Figures of the best epoch's test, a line a speaker.</summary>
    public string Speakers => System.IO.Path.Combine(Path, "speakers.csv");

    /// <summary>Fails where a new run must not be written.</summary>
    /// <exception cref="InvalidFileException">The folder holds a run already, or one of several folds.</exception>
    public static void RequireFree(string path)
    {
        foreach (string name in (ReadOnlySpan<string>)["config.json", FoldTable.FileName])
        {
            string file = System.IO.Path.Combine(path, name);
            if (File.Exists(file))
            {
                throw new InvalidFileException(file, "there is a run in this folder already; give another folder with --out, or remove it");
            }
        }
    }

    /// <summary>Begins the folder of a new run; one that is there is replaced.</summary>
    /// <exception cref="InvalidFileException">The folder cannot be written.</exception>
    public static RunFolder Create(string path, RunConfiguration configuration, Split split)
    {
        RunFolder run = new(path, configuration, StoredSplit.Of(split));
        AtomicFile.CreateFolder(System.IO.Path.Combine(path, "weights"));
        foreach (string left in (ReadOnlySpan<string>)[run.BestWeights, run.LastWeights, run.Confusion, run.Speakers])
        {
            File.Delete(left);
        }

        AtomicFile.WriteText(System.IO.Path.Combine(path, "split.json"), run.Split.ToJson());
        AtomicFile.WriteText(run.Results, ResultsHeader);
        AtomicFile.WriteText(System.IO.Path.Combine(path, "config.json"), configuration.ToJson());
        return run;
    }

    /// <summary>Opens the folder of a run.</summary>
    /// <exception cref="InvalidFileException">It is missing, holds no run, or a file in it is damaged.</exception>
    public static RunFolder Open(string path)
    {
        string file = System.IO.Path.Combine(path, "config.json");
        if (!File.Exists(file))
        {
            throw new InvalidFileException(path, "holds no run (there is no config.json in it); give the folder that train --out wrote");
        }

        return new RunFolder(path, RunConfiguration.Read(file), StoredSplit.Read(System.IO.Path.Combine(path, "split.json")));
    }

    /// <summary>Adds an epoch's line and saves the weights as the last, and as the best where they are.</summary>
    internal void Save(EpochResult epoch, EvaluationResult test, bool best, Vgg network)
    {
        ModelFile.Save(LastWeights, network, Configuration.Model);
        if (best)
        {
            ModelFile.Save(BestWeights, network, Configuration.Model);
            AtomicFile.WriteText(Confusion, EvaluationCsv.Of(test.Confusion));
            AtomicFile.WriteText(Speakers, EvaluationCsv.Of(test.Speakers));
        }

        _results.Append(string.Join(',', Fields(epoch).Select(field => field.ToString("R", CultureInfo.InvariantCulture)))).Append('\n');
        AtomicFile.WriteText(Results, _results.ToString());
    }

    private static double[] Fields(EpochResult e) =>
    [
        e.Epoch, e.TrainLoss, e.TestLoss, e.Accuracy, e.Uar, e.Seconds, e.TrainAccuracy, e.MacroF1,
        e.Steps.Features, e.Steps.Forward, e.Steps.Backward, e.Steps.Optimiser, e.TestSeconds,
    ];
}
