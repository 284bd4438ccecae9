using System.Diagnostics;
using GpuSer.Training.Data;
using GpuSer.Training.Inference;

namespace GpuSer.Training.Evaluation;

/// <summary>Judges recordings whose labels are known.</summary>
public static class Evaluator
{
    /// <summary>Decodes and judges recordings; those that cannot be used are listed.</summary>
    /// <exception cref="TrainingException">None can be used, the corpus has other labels than the network, or torch failed on one; the message names it.</exception>
    public static EvaluationResult Run(
        EmotionClassifier classifier,
        IReadOnlyList<string> labels,
        IReadOnlyList<Utterance> utterances,
        string split,
        int threads = 0,
        IProgress<double>? progress = null,
        CancellationToken cancellation = default)
    {
        if (!labels.SequenceEqual(classifier.Model.Labels))
        {
            throw new TrainingException(
                $"the corpus has the labels {string.Join(", ", labels)}, the weights {string.Join(", ", classifier.Model.Labels)}; evaluate with a corpus of the same labels");
        }

        (IReadOnlyList<VoicedUtterance> loaded, IReadOnlyList<BadFile> bad) = VoicedLoader.Load(utterances, threads, cancellation);
        if (loaded.Count == 0)
        {
            string first = bad.Count == 0 ? "the list is empty" : $"{bad[0].Path}: {bad[0].Reason}";
            throw new TrainingException($"none of {utterances.Count} recordings can be used; {first}");
        }

        return Judge(classifier, loaded, split, progress, cancellation) with { BadFiles = bad };
    }

    /// <summary>Judges recordings that were decoded before.</summary>
    /// <exception cref="TrainingException">torch failed on one; the message names it.</exception>
    internal static EvaluationResult Judge(
        EmotionClassifier classifier, IReadOnlyList<VoicedUtterance> utterances, string split, IProgress<double>? progress, CancellationToken cancellation)
    {
        using Activity? activity = Telemetry.Activities.StartActivity("gpuser.evaluation");
        activity?.SetTag("count", utterances.Count);
        List<Judgement> judgements = [];
        foreach ((Utterance utterance, float[] samples) in utterances)
        {
            cancellation.ThrowIfCancellationRequested();
            judgements.Add(new Judgement(utterance.Name, utterance.Speaker, utterance.Label, [.. classifier.Logits(utterance.Path, samples, cancellation)]));
            progress?.Report((double)judgements.Count / utterances.Count);
        }

        return new EvaluationResult(split, classifier.Model.Labels, judgements, []);
    }
}
