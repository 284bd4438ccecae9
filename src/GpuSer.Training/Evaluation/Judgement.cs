using System.Collections.Immutable;
using System.Text.Json.Serialization;
using GpuSer.Training.Inference;

namespace GpuSer.Training.Evaluation;

/// <summary>What a network said of one recording whose label is known.</summary>
/// <param name="Recording">Its name below the corpus folder.</param>
/// <param name="Speaker">Who speaks.</param>
/// <param name="Truth">Its label.</param>
/// <param name="Logits">What the network said. [length = classes]</param>
public sealed record Judgement(string Recording, string Speaker, int Truth, ImmutableArray<float> Logits)
{
    /// <summary>The class with the largest logit; of equals the first.</summary>
    [JsonIgnore]
    public int Prediction => Logits.IndexOf(Logits.Max());

    /// <summary>Cross entropy.</summary>
    [JsonIgnore]
    public double Loss => Softmax.CrossEntropy(Logits.AsSpan(), Truth);

    /// <summary>Probability of each class.</summary>
    [JsonIgnore]
    public IReadOnlyList<double> Probabilities => Softmax.Of(Logits.AsSpan());
}
