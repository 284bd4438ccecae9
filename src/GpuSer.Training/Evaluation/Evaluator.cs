using GpuSer.Training.Data;
using GpuSer.Training.Inference;

namespace GpuSer.Training.Evaluation;

/// <summary>How well a network does on recordings whose labels are known.</summary>
/// <param name="Split">Which recordings, in words.</param>
/// <param name="Confusion">Counts by truth and prediction, with the metrics.</param>
/// <param name="Loss">Mean cross entropy.</param>
/// <param name="BadFiles">Recordings that could not be judged.</param>
public sealed record EvaluationResult(string Split, ConfusionMatrix Confusion, double Loss, IReadOnlyList<BadFile> BadFiles)
{
    /// <summary>The same counts, for each speaker's recordings alone; in ordinal order of the speakers.</summary>
    public IReadOnlyList<SpeakerResult> Speakers { get; init; } = [];
}

/// <summary>How well a network does on one speaker's recordings.</summary>
/// <param name="Speaker">Who speaks.</param>
/// <param name="Confusion">Counts by truth and prediction, with the metrics.</param>
public sealed record SpeakerResult(string Speaker, ConfusionMatrix Confusion);

/// <summary>Judges recordings whose labels are known.</summary>
public static class Evaluator
{
    /// <summary>Decodes and judges recordings; those that cannot be used are listed.</summary>
    /// <exception cref="TrainingException">None can be used, or the corpus has other labels than the network.</exception>
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
    internal static EvaluationResult Judge(
        EmotionClassifier classifier, IReadOnlyList<VoicedUtterance> utterances, string split, IProgress<double>? progress, CancellationToken cancellation)
    {
        SortedDictionary<string, ConfusionMatrix> speakers = new(StringComparer.Ordinal);
        double loss = 0;
        for (int i = 0; i < utterances.Count; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            float[] logits = classifier.Logits(utterances[i].Samples, cancellation);
            int truth = utterances[i].Utterance.Label;
            string speaker = utterances[i].Utterance.Speaker;
            if (!speakers.TryGetValue(speaker, out ConfusionMatrix? own))
            {
                speakers.Add(speaker, own = new ConfusionMatrix(classifier.Model.Labels));
            }

            own.Add(truth, Array.IndexOf(logits, logits.Max()));
            loss += Softmax.CrossEntropy(logits, truth);
            progress?.Report((i + 1.0) / utterances.Count);
        }

        ConfusionMatrix confusion = new(classifier.Model.Labels);
        foreach (ConfusionMatrix own in speakers.Values)
        {
            confusion.Add(own);
        }

        return new EvaluationResult(split, confusion, loss / utterances.Count, [])
        {
            Speakers = [.. speakers.Select(pair => new SpeakerResult(pair.Key, pair.Value))],
        };
    }
}
