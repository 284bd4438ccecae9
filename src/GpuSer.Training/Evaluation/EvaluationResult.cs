using GpuSer.Training.Data;

namespace GpuSer.Training.Evaluation;

/// <summary>How well a network does on recordings whose labels are known.</summary>
/// <param name="Split">Which recordings, in words.</param>
/// <param name="Labels">Names of the classes.</param>
/// <param name="Judgements">What it said of each.</param>
/// <param name="BadFiles">Recordings that could not be judged.</param>
public sealed record EvaluationResult(
    string Split, IReadOnlyList<string> Labels, IReadOnlyList<Judgement> Judgements, IReadOnlyList<BadFile> BadFiles)
{
    /// <summary>Counts by truth and prediction, with the metrics.</summary>
    public ConfusionMatrix Confusion { get; } = ConfusionMatrix.Of(Labels, Judgements);

    /// <summary>Mean cross entropy.</summary>
    public double Loss { get; } = Judgements.Sum(judgement => judgement.Loss) / Judgements.Count;

    /// <summary>The same counts, for each speaker's recordings alone; in ordinal order of the speakers.</summary>
    public IReadOnlyList<SpeakerResult> Speakers { get; } =
    [
        .. Judgements.GroupBy(judgement => judgement.Speaker, StringComparer.Ordinal)
            .OrderBy(speaker => speaker.Key, StringComparer.Ordinal)
            .Select(speaker => new SpeakerResult(speaker.Key, ConfusionMatrix.Of(Labels, speaker))),
    ];
}

/// <summary>How well a network does on one speaker's recordings.</summary>
/// <param name="Speaker">Who speaks.</param>
/// <param name="Confusion">Counts by truth and prediction, with the metrics.</param>
public sealed record SpeakerResult(string Speaker, ConfusionMatrix Confusion);
