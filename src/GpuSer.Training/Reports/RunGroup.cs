using System.Text.Json;
using GpuSer.IO;
using GpuSer.Training.Data;
using GpuSer.Training.Evaluation;
using GpuSer.Training.Runs;

namespace GpuSer.Training.Reports;

/// <summary>A run, or the runs of a plan, read from their folder.</summary>
internal sealed class RunGroup
{
    private const int MostConfused = 12;

    private readonly IReadOnlyList<(RunFolder Folder, ReportRun Figures)> _runs;
    private readonly IReadOnlyList<PredictedRecording> _predictions;

    private RunGroup(string folder, IReadOnlyList<RunFolder> runs, int? planned, IReadOnlyDictionary<string, string> leftOut)
    {
        (Folder, Planned, LeftOut) = (folder, planned, leftOut);
        _runs = [.. runs.Select(run => (run, FiguresOf(run)))];
        _predictions = [.. runs.SelectMany(RunTables.Predictions)];
    }

    /// <summary>Where it was read.</summary>
    public string Folder { get; }

    /// <summary>How many trainings were planned; null where that is not known.</summary>
    public int? Planned { get; }

    /// <summary>Trainings of the plan that diverged or are not done, with the reason: they are not in its figures.</summary>
    public IReadOnlyDictionary<string, string> LeftOut { get; }

    /// <summary>The run, or the first of the plan.</summary>
    public RunFolder First => _runs[0].Folder;

    /// <summary>Reads a folder that <c>train</c> wrote. Of a plan the runs that are done are taken; of a single run that is under way, the epochs.</summary>
    /// <exception cref="InvalidFileException">It holds no run, no epoch of it or no run of the plan is done, or a file in it is damaged.</exception>
    public static RunGroup Read(string folder)
    {
        if (!StoredPlan.IsIn(folder))
        {
            RunFolder run = RunFolder.Open(folder);
            return HasTest(run)
                ? new RunGroup(folder, [run], planned: 1, new Dictionary<string, string>())
                : throw new InvalidFileException(folder, "no epoch of this run is done, so there is nothing to report yet");
        }

        StoredPlan plan = StoredPlan.Read(folder);
        Dictionary<string, string> leftOut = new(FoldTable.Failures(folder), StringComparer.Ordinal);
        List<RunFolder> done = [];
        foreach (string sub in Directory.EnumerateDirectories(folder).Where(sub => File.Exists(Path.Combine(sub, "config.json")))
            .OrderBy(sub => Path.GetFileName(sub).Length).ThenBy(sub => sub, StringComparer.Ordinal))
        {
            string name = Path.GetFileName(sub);
            if (leftOut.ContainsKey(name))
            {
                continue;
            }

            RunFolder run = RunFolder.Open(sub);
            if (File.Exists(run.Outcome) && HasTest(run))
            {
                done.Add(run);
            }
            else
            {
                leftOut[name] = $"it is not done ({RunTables.Results(run).Count} of {run.Configuration.Options.Epochs} epochs)";
            }
        }

        return done.Count > 0
            ? new RunGroup(folder, done, plan.Trainings, leftOut)
            : throw new InvalidFileException(folder, $"no training of this plan is done, so there is nothing to report yet{(leftOut.Count == 0 ? "" : $"; give the folder of one, such as {leftOut.Keys.First()}")}");
    }

    /// <summary>Runs whose tables of the best epoch's test are of another epoch than their figures, because they were ended while they saved.</summary>
    public IEnumerable<string> Mixed => _runs.Where(run => IsMixed(run.Figures, Count(run.Folder.Configuration.Model.Labels, RunTables.Predictions(run.Folder)))).Select(run => run.Figures.Name);

    /// <summary>What a page shows of it.</summary>
    /// <param name="audio">Embeds recordings.</param>
    /// <param name="recordings">Those that may be embedded, by their names.</param>
    public ReportGroup ToReport(EmbeddedAudio audio, IReadOnlyDictionary<string, Utterance> recordings)
    {
        RunConfiguration configuration = First.Configuration;
        IReadOnlyList<string> labels = configuration.Model.Labels;
        ConfusionMatrix confusion = Count(labels, _predictions);
        PredictedRecording[] wrong = [.. _predictions.Where(p => p.Truth != p.Prediction)
            .OrderByDescending(p => p.Probabilities[p.Prediction] - p.Probabilities[p.Truth]).ThenBy(p => p.Recording, StringComparer.Ordinal)];
        return new ReportGroup(
            NameOf(Folder), configuration.Data, configuration.Dataset, configuration.Model.Network.Name(), labels,
            [.. _runs.Select(run => run.Figures)],
            Planned,
            ReportFigures.Of([.. _runs.Select(run => run.Figures.Epochs[run.Figures.BestEpoch - 1])]),
            ReportFigures.Of([.. _runs.Select(run => run.Figures.Epochs[^1])]),
            confusion.Counts,
            [.. Enumerable.Range(0, labels.Count).Select(c => ClassOf(confusion, c))],
            [.. _predictions.GroupBy(p => p.Speaker, StringComparer.Ordinal).OrderBy(g => g.Key, StringComparer.Ordinal).Select(g => SpeakerOf(labels, g.Key, g))],
            [.. wrong.Take(MostConfused).Select(p => new ConfusedRecording(p.Recording, p.Speaker, p.Truth, p.Prediction, p.Probabilities, audio.Of(recordings.GetValueOrDefault(p.Recording))))],
            wrong.Length,
            Configuration());
    }

    /// <summary>Writes the first run's model card beside its weights.</summary>
    /// <exception cref="InvalidFileException">The folder cannot be written.</exception>
    public void WriteModelCard() => ModelCard.Write(First, _runs[0].Figures, Count(First.Configuration.Model.Labels, RunTables.Predictions(First)));

    /// <summary>A folder's own name, for <c>runs/a/.</c> too.</summary>
    public static string NameOf(string folder) => Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)));

    private static bool IsMixed(ReportRun figures, ConfusionMatrix test)
    {
        const double rounding = 1e-9;
        EpochResult best = figures.Epochs[figures.BestEpoch - 1];
        return Math.Abs(best.Accuracy - test.Accuracy) > rounding || Math.Abs(best.Uar - test.UnweightedAverageRecall) > rounding;
    }

    private static bool HasTest(RunFolder run) => File.Exists(run.Predictions) && RunTables.Results(run).Count > 0;

    private static ReportRun FiguresOf(RunFolder run)
    {
        IReadOnlyList<EpochResult> epochs = RunTables.Results(run);
        // The rule by which a training chooses; only one that could not save its best epoch differs, and says so in outcome.json.
        int best = epochs.MaxBy(epoch => (epoch.Accuracy, -epoch.TestLoss))!.Epoch;
        bool done = File.Exists(run.Outcome);
        if (done)
        {
            best = JsonText.Read(run.Outcome, TrainingProgress.FromJson).BestEpoch;
        }

        return best >= 1 && best <= epochs.Count
            ? new ReportRun(NameOf(run.Path), run.Split.Name, run.Split.Train.Count, run.Split.Test.Count, best, run.Configuration.Options.Epochs, done, epochs)
            : throw new InvalidFileException(run.Results, $"is damaged: the best epoch, {best}, is not in it");
    }

    private static ConfusionMatrix Count(IReadOnlyList<string> labels, IEnumerable<PredictedRecording> predictions)
    {
        ConfusionMatrix matrix = new(labels);
        foreach (PredictedRecording prediction in predictions)
        {
            matrix.Add(prediction.Truth, prediction.Prediction);
        }

        return matrix;
    }

    private static ClassFigures ClassOf(ConfusionMatrix confusion, int label)
    {
        int count = confusion.Counts[label].Sum(), predicted = confusion.Counts.Sum(row => row[label]), right = confusion.Counts[label][label];
        return new ClassFigures(
            confusion.Labels[label], count, predicted, confusion.Recall(label),
            predicted == 0 ? 0 : (double)right / predicted, count + predicted == 0 ? 0 : 2.0 * right / (count + predicted));
    }

    private static SpeakerFigures SpeakerOf(IReadOnlyList<string> labels, string speaker, IEnumerable<PredictedRecording> predictions)
    {
        ConfusionMatrix confusion = Count(labels, predictions);
        return new SpeakerFigures(speaker, confusion.Total, confusion.Accuracy, confusion.UnweightedAverageRecall, confusion.MacroF1);
    }

    private Dictionary<string, JsonElement> Configuration()
    {
        Dictionary<string, JsonElement> files = [];
        foreach (string path in (string[])[Path.Combine(Folder, "plan.json"), Path.Combine(First.Path, "config.json")])
        {
            if (File.Exists(path))
            {
                files[Path.GetFileName(path)] = JsonText.Read<JsonElement>(path, JsonSerializerOptions.Web);
            }
        }

        return files;
    }
}
