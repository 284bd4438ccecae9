using System.Text.Json;
using GpuSer.IO;
using GpuSer.Training.Data;
using GpuSer.Training.Evaluation;
using GpuSer.Training.Models;
using GpuSer.Training.Runs;

namespace GpuSer.Training.Tests.Reports;

/// <summary>Writes a run folder with made-up figures, so that a report can be tested without a training.</summary>
internal static class MadeRun
{
    public static readonly EpochResult[] Epochs =
    [
        new(1, 1.9, 0.25, 1.8, 1.0 / 3, 0.3, 0.2, 2.5, new StepTimings(0.1, 1, 1, 0.2), 0.2),
        new(2, 1.2, 0.5, 1.1, 2.0 / 3, 2.0 / 3, 0.6, 2.4, new StepTimings(0.1, 1, 1, 0.2), 0.2),
        new(3, 0.9, 0.7, 1.3, 1.0 / 3, 0.35, 0.25, 2.6, new StepTimings(0.1, 1, 1, 0.2), 0.2),
    ];

    /// <summary>Writes a run whose test recordings are those of the corpus with an odd place, two thirds of them judged right.</summary>
    public static RunFolder Write(string folder, Corpus corpus, TrainOptions? options = null, IReadOnlyList<EpochResult>? epochs = null)
    {
        Utterance[] test = [.. corpus.Utterances.Where((_, i) => i % 2 == 1)], train = [.. corpus.Utterances.Except(test)];
        VggOptions network = new() { WidthDivisor = 32, Classes = corpus.Labels.Count };
        RunConfiguration configuration = new()
        {
            Data = corpus.Folder,
            Dataset = corpus.Dataset,
            Split = "made up",
            LearningRate = 1e-4,
            Options = (options ?? new TrainOptions { Epochs = 3 }) with { Network = network },
            Model = new ModelDescription { Labels = corpus.Labels, Network = network, Recipe = FeatureOptions.RecipeVersion, Features = FeatureOptions.Default },
            Environment = RunEnvironment.Now(),
        };
        RunFolder run = RunFolder.Create(folder, configuration, new Split("made up", train, test));
        run.SaveResults(epochs ?? Epochs);
        AtomicFile.WriteText(run.Predictions, EvaluationCsv.Of(corpus.Labels, [.. test.Select((u, i) => Judge(u, i, corpus.Labels.Count))]));
        return run;
    }

    /// <summary>Makes a run one that is done.</summary>
    public static void End(RunFolder run)
    {
        IReadOnlyList<EpochResult> epochs = RunTables.Results(run);
        AtomicFile.WriteText(run.Outcome, new TrainingProgress { Recordings = "", Epochs = epochs, BestEpoch = epochs.MaxBy(e => e.Accuracy)!.Epoch }.ToJson());
    }

    /// <summary>
    /// Replaces the judgements by nine whose figures are easily told: anger twice as anger, once as happiness, twice as neutral; happiness once as itself, twice as
    /// anger; neutral as itself. Speaker 03 has the first four of them, 2 right; 04 three, 1 right; 05 two, 1 right.
    /// </summary>
    public static void JudgeByHand(RunFolder run)
    {
        string[] labels = [.. run.Configuration.Model.Labels];
        (string Speaker, string Truth, string Prediction)[] judged =
        [
            ("03", "anger", "anger"), ("03", "anger", "anger"), ("03", "anger", "happiness"), ("03", "anger", "neutral"),
            ("04", "anger", "neutral"), ("04", "happiness", "happiness"), ("04", "happiness", "anger"),
            ("05", "happiness", "anger"), ("05", "neutral", "neutral"),
        ];
        AtomicFile.WriteText(run.Predictions, EvaluationCsv.Of(labels, [.. judged.Select((one, i) =>
            Judge(run.Split.Test[i], one.Speaker, Array.IndexOf(labels, one.Truth), Array.IndexOf(labels, one.Prediction), i, labels.Length))]));
    }

    private static Judgement Judge(Utterance utterance, int i, int classes) =>
        Judge(utterance.Name, utterance.Speaker, utterance.Label, i % 3 == 0 ? (utterance.Label + 1) % classes : utterance.Label, i, classes);

    private static Judgement Judge(string name, string speaker, int truth, int prediction, int i, int classes)
    {
        float[] logits = new float[classes];
        logits[prediction] = 1 + (i * 0.1f);
        return new Judgement(name, speaker, truth, [.. logits]);
    }

    /// <summary>What a page was given to show.</summary>
    public static JsonElement Document(string page)
    {
        string text = File.ReadAllText(page);
        const string begin = "<script type=\"application/json\" id=\"data\">";
        int start = text.IndexOf(begin, StringComparison.Ordinal) + begin.Length;
        return JsonDocument.Parse(text[start..text.IndexOf("</script>", start, StringComparison.Ordinal)]).RootElement;
    }
}
