using System.Globalization;
using System.Text;
using GpuSer.IO;
using GpuSer.Training.Data;
using GpuSer.Training.Evaluation;
using GpuSer.Training.Experiments;
using GpuSer.Training.Models;
using GpuSer.Training.Weights;

namespace GpuSer.Training.Runs;

/// <summary>
/// The folder of a training: <c>config.json</c>, <c>split.json</c>, <c>results.csv</c> (a line an epoch), <c>confusion.csv</c> and
/// <c>speakers.csv</c> and <c>predictions.csv</c> (of the best epoch), <c>weights/best.safetensors</c> and <c>weights/last.safetensors</c>; until
/// the training is done <c>checkpoint.safetensors</c>, which it can be continued from, and then <c>outcome.json</c>, <c>report.html</c> and
/// <c>weights/README.md</c>. Each file is replaced as a whole, so a run that was cut off, or goes on, can be read. <c>run.lock</c> keeps a second process from
/// training into the folder (<see cref="RunLock"/>). The object holds paths and what was read when it was opened, so that threads may share it.
/// </summary>
public sealed class RunFolder
{
    private const string ResultsHeader =
        "epoch,train_loss,test_loss,accuracy,uar,seconds,train_accuracy,macro_f1,"
        + "features_seconds,forward_seconds,backward_seconds,optimiser_seconds,test_seconds\n";

    private RunFolder(string path, RunConfiguration configuration, StoredSplit split)
    {
        (Path, Configuration, Split) = (path, configuration, split);
    }

    /// <summary>The folder.</summary>
    public string Path { get; }

    /// <summary>What the run was made with.</summary>
    internal RunConfiguration Configuration { get; }

    /// <summary>What was trained on and tested with.</summary>
    internal StoredSplit Split { get; }

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

    /// <summary>What the network said of each test recording in the best epoch, a line a recording.</summary>
    public string Predictions => System.IO.Path.Combine(Path, "predictions.csv");

    /// <summary>Weights, moments and progress of a training that is not done.</summary>
    public string Checkpoint => System.IO.Path.Combine(Path, "checkpoint.safetensors");

    /// <summary>What a training that is done came to.</summary>
    public string Outcome => System.IO.Path.Combine(Path, "outcome.json");

    /// <summary>All of it on a page to show.</summary>
    public string Report => System.IO.Path.Combine(Path, Reports.RunReport.FileName);

    /// <summary>What the weights are, for those who are given them.</summary>
    public string ModelCard => System.IO.Path.Combine(Path, "weights", "README.md");

    /// <summary>Fails where a new run must not be written.</summary>
    /// <exception cref="InvalidFileException">The folder holds a run already, or one of several folds; or another process trains into it.</exception>
    public static void RequireFree(string path)
    {
        RunLock.RequireFree(path);
        RequireNew(path);
    }

    /// <summary>Fails where a new run would take the place of another: to be looked at with the folder's lock in hand, when nothing can come in between.</summary>
    /// <exception cref="InvalidFileException">The folder holds a run already, or one of several folds.</exception>
    internal static void RequireNew(string path)
    {
        foreach (string name in (ReadOnlySpan<string>)["config.json", FoldTable.FileName, StoredPlan.FileName, AblationPlan.FileName])
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
    internal static RunFolder Create(string path, RunConfiguration configuration, Split split)
    {
        RunFolder run = new(path, configuration, StoredSplit.Of(split));
        AtomicFile.CreateFolder(System.IO.Path.Combine(path, "weights"));
        foreach (string left in (ReadOnlySpan<string>)[run.BestWeights, run.LastWeights, run.Confusion, run.Speakers, run.Predictions, run.Checkpoint, run.Outcome, run.Report, run.ModelCard])
        {
            AtomicFile.Remove(left);
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

    /// <summary>Opens the run that a training would write, where it is there and was made with the same options from the same lists.</summary>
    /// <returns>The run; null where there is none.</returns>
    /// <exception cref="InvalidFileException">There is another run in the folder, or a file in it is damaged.</exception>
    internal static RunFolder? Continue(string path, RunConfiguration configuration, Split split)
    {
        if (!File.Exists(System.IO.Path.Combine(path, "config.json")))
        {
            return null;
        }

        RunFolder run = Open(path);
        if (!run.Configuration.IsSameTraining(configuration) || run.Split.ToJson() != StoredSplit.Of(split).ToJson())
        {
            throw new InvalidFileException(path, "holds a run of other options or recordings; give another folder, or remove it");
        }

        // What a process that was killed had not finished writing.
        foreach (string half in Directory.EnumerateFiles(path, "*" + AtomicFile.TemporaryExtension, SearchOption.AllDirectories))
        {
            AtomicFile.Remove(half);
        }

        return run;
    }

    /// <summary>Writes a line for each epoch.</summary>
    internal void SaveResults(IReadOnlyList<EpochResult> epochs)
    {
        StringBuilder text = new(ResultsHeader);
        foreach (EpochResult epoch in epochs)
        {
            text.AppendJoin(',', Fields(epoch).Select(field => field.ToString("R", CultureInfo.InvariantCulture))).Append('\n');
        }

        AtomicFile.WriteText(Results, text.ToString());
    }

    /// <summary>Saves the weights of the best epoch.</summary>
    internal void SaveBest(Vgg network) => ModelFile.Save(BestWeights, network, Configuration.Model);

    /// <summary>Saves the tables of the best epoch's test.</summary>
    internal void SaveTest(EvaluationResult test)
    {
        AtomicFile.WriteText(Confusion, EvaluationCsv.Of(test.Confusion));
        AtomicFile.WriteText(Speakers, EvaluationCsv.Of(test.Speakers));
        AtomicFile.WriteText(Predictions, EvaluationCsv.Of(test.Labels, test.Judgements));
    }

    /// <summary>Saves the weights of the last epoch.</summary>
    internal void SaveLast(Vgg network) => ModelFile.Save(LastWeights, network, Configuration.Model);

    private static double[] Fields(EpochResult e) =>
    [
        e.Epoch, e.TrainLoss, e.TestLoss, e.Accuracy, e.Uar, e.Seconds, e.TrainAccuracy, e.MacroF1,
        e.Steps.Features, e.Steps.Forward, e.Steps.Backward, e.Steps.Optimiser, e.TestSeconds,
    ];
}
