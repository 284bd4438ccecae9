using System.Text;
using GpuSer.IO;
using GpuSer.Training;
using GpuSer.Training.Data;
using GpuSer.Training.Evaluation;
using GpuSer.Training.Experiments;
using GpuSer.Training.Models;
using GpuSer.Training.Reports;
using GpuSer.Training.Runs;

namespace GpuSer.Fuzz.Targets;

/// <summary>The files of a run folder: one of them is changed at a time, and the run is read as for its report.</summary>
internal static class RunTargets
{
    private static readonly string[] Labels = ["anger", "joy"];
    private static readonly VggOptions Network = new() { WidthDivisor = 64, Classes = 2 };

    public static IEnumerable<FuzzTarget> All(string folder)
    {
        foreach (string name in (string[])["config.json", "split.json", "results.csv", "predictions.csv", "outcome.json"])
        {
            yield return OfRun(Path.Combine(folder, Path.GetFileNameWithoutExtension(name)), name);
        }

        TrainOptions options = new() { Network = Network };
        yield return OfPlan(folder, "plan", at => new StoredPlan("data", "emodb", new SplitPlan(), options).Write(at), StoredPlan.FileName, at => StoredPlan.Read(at));
        yield return OfPlan(
            folder, "ablation", at => new AblationPlan("data", "emodb", ["A", "B"], [1, 2], new SplitPlan(), options).Write(at), AblationPlan.FileName, at => AblationPlan.Read(at).Errors());
        yield return new FuzzTarget("model-json", ".json", [Encoding.UTF8.GetBytes(Model().ToJson())], path => ModelDescription.FromJson(File.ReadAllText(path))) { Mutate = TextMutator.MutateJson };
        yield return Events(folder);
    }

    private static FuzzTarget OfRun(string folder, string name)
    {
        RunFolder run = Make(folder);
        string path = Path.Combine(folder, name);
        return new FuzzTarget($"run-{name.Replace('.', '-')}", Path.GetExtension(name), [File.ReadAllBytes(path)], input =>
        {
            File.Copy(input, path, overwrite: true);
            RunGroup.Read(run.Path).ToReport(new EmbeddedAudio(), new Dictionary<string, Utterance>());
            JsonText.Read(run.Outcome, TrainingProgress.FromJson).ToResult(RunFolder.Open(run.Path));
        })
        {
            Mutate = name.EndsWith("csv", StringComparison.Ordinal) ? TextMutator.MutateCsv : TextMutator.MutateJson,
        };
    }

    private static FuzzTarget OfPlan(string folder, string name, Action<string> write, string file, Action<string> read)
    {
        string at = Directory.CreateDirectory(Path.Combine(folder, name)).FullName, path = Path.Combine(at, file);
        write(at);
        return new FuzzTarget(name, ".json", [File.ReadAllBytes(path)], input =>
        {
            File.Copy(input, path, overwrite: true);
            read(at);
        })
        {
            Mutate = TextMutator.MutateJson,
        };
    }

    private static FuzzTarget Events(string folder)
    {
        string at = Path.Combine(folder, "events"), path;
        using (EventFile events = EventFile.Open(at))
        {
            events.Append(1, ("loss", 0.5), ("accuracy", 0.25));
            events.Append(2, ("loss", 0.4));
        }

        path = Directory.EnumerateFiles(at).Single();
        return new FuzzTarget("events", ".gpuser", [File.ReadAllBytes(path)], input =>
        {
            File.Copy(input, path, overwrite: true);
            EventFile.Open(at).Dispose();
            foreach (string aside in Directory.EnumerateFiles(at, "*.damaged.*"))
            {
                File.Delete(aside);
            }
        });
    }

    private static ModelDescription Model() =>
        new() { Labels = Labels, Network = Network, Recipe = FeatureOptions.RecipeVersion, Features = FeatureOptions.Default };

    private static RunFolder Make(string folder)
    {
        Utterance[] all = [.. Enumerable.Range(0, 6).Select(i => new Utterance($"{i}.wav", $"{i}.wav", i % 2, $"s{i % 3}"))];
        RunConfiguration configuration = new()
        {
            Data = "data",
            Split = "made up",
            LearningRate = 1e-4,
            Options = new TrainOptions { Epochs = 2, Network = Network },
            Model = Model(),
            Environment = RunEnvironment.Now(),
        };
        RunFolder run = RunFolder.Create(folder, configuration, new Split("made up", all[..3], all[3..]));
        EpochResult[] epochs = [.. Enumerable.Range(1, 2).Select(epoch => new EpochResult(epoch, 1.5, 0.5, 1.25, 0.5, 0.5, 0.25, 2, new StepTimings(0.1, 1, 1, 0.2), 0.2))];
        Judgement[] judgements = [.. all[3..].Select(u => new Judgement(u.Name, u.Speaker, u.Label, [0.25f, 0.5f]))];
        run.SaveResults(epochs);
        AtomicFile.WriteText(run.Predictions, EvaluationCsv.Of(Labels, judgements));
        AtomicFile.WriteText(run.Outcome, new TrainingProgress { Recordings = "none", Epoch = 3, Epochs = epochs, BestEpoch = 2, BestTest = judgements }.ToJson());
        return run;
    }
}
