using System.Text.Json;
using GpuSer.IO;
using GpuSer.Training.Evaluation;

namespace GpuSer.Training.Runs;

/// <summary>How far a training is, apart from its weights and moments; everything random in it follows from the seed and these numbers.</summary>
internal sealed record TrainingProgress
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        RespectRequiredConstructorParameters = true,
        RespectNullableAnnotations = true,
    };

    /// <summary>SHA-256 of the recordings' samples, so that a run is not continued on others.</summary>
    public required string Recordings { get; init; }

    /// <summary>The epoch that is being trained, from 1.</summary>
    public int Epoch { get; init; } = 1;

    /// <summary>How many of its batches are done.</summary>
    public int Batch { get; init; }

    /// <summary>Training steps since the beginning.</summary>
    public uint Steps { get; init; }

    /// <summary>Utterances of this epoch that were trained on.</summary>
    public int Seen { get; init; }

    /// <summary>Sum of their losses.</summary>
    public double Loss { get; init; }

    /// <summary>How many of them were right.</summary>
    public double Correct { get; init; }

    /// <summary>Where this epoch's time went.</summary>
    public StepTimings Timings { get; init; }

    /// <summary>Seconds of this epoch so far.</summary>
    public double Seconds { get; init; }

    /// <summary>Figures of the epochs that are done.</summary>
    public IReadOnlyList<EpochResult> Epochs { get; init; } = [];

    /// <summary>The best of them; 0 before the first.</summary>
    public int BestEpoch { get; init; }

    /// <summary>What the network said of the test recordings then.</summary>
    public IReadOnlyList<Judgement> BestTest { get; init; } = [];

    public string ToJson() => JsonSerializer.Serialize(this, Json);

    /// <exception cref="InvalidFileException">The text is none of ours.</exception>
    public static TrainingProgress FromJson(string path, string text)
    {
        try
        {
            TrainingProgress progress = JsonSerializer.Deserialize<TrainingProgress>(text, Json) ?? throw new JsonException("it is null");
            return progress.Problem() is { } problem ? throw new JsonException(problem) : progress;
        }
        catch (JsonException error)
        {
            throw new InvalidFileException(path, $"does not say how far the training is: {error.Message}", error);
        }
    }

    /// <summary>What the training has come to, where an epoch was saved as the best.</summary>
    /// <exception cref="InvalidFileException">None was, or the judgements are of other classes than the run's.</exception>
    public TrainResult ToResult(RunFolder run)
    {
        IReadOnlyList<string> labels = run.Configuration.Model.Labels;
        return BestEpoch > 0 && BestTest.Count > 0 && BestTest.All(judgement => judgement.Logits.Length == labels.Count)
            ? new(run, Epochs, Epochs[BestEpoch - 1], new EvaluationResult(run.Split.Name, labels, BestTest, []), [])
            : throw new InvalidFileException(run.Outcome, "is damaged: its best epoch is none of this run's");
    }

    /// <summary>What no training can have come to; null where all of it can.</summary>
    private string? Problem() =>
        Epoch < 1 || Batch < 0 || Seen < 0 ? $"epoch {Epoch}, batch {Batch}, {Seen} utterances are none of a training's"
        : BestEpoch < 0 || BestEpoch > Epochs.Count ? $"the best epoch, {BestEpoch}, is none of the {Epochs.Count}"
        : Epochs.Contains(null!) ? "an epoch is null"
        : BestTest.Any(judgement => judgement is null || judgement.Logits.IsDefaultOrEmpty || judgement.Truth < 0 || judgement.Truth >= judgement.Logits.Length)
            ? "a judgement is of no class"
        : null;
}
