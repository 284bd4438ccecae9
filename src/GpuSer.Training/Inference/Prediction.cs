namespace GpuSer.Training.Inference;

/// <summary>The verdict on a recording.</summary>
/// <param name="File">The file.</param>
/// <param name="Labels">Names of the classes.</param>
/// <param name="Probabilities">Probability of each class; they sum to 1.</param>
/// <param name="Seconds">Length of the recording.</param>
/// <param name="Timeline">The windows of a long recording, in order, without those in which nobody speaks; empty for a short one.</param>
public sealed record Prediction(
    string File, IReadOnlyList<string> Labels, IReadOnlyList<double> Probabilities, double Seconds, IReadOnlyList<WindowPrediction> Timeline)
{
    /// <summary>The likeliest class.</summary>
    public string Label => Likeliest.Of(Labels, Probabilities);
}

/// <summary>The verdict on a part of a recording.</summary>
/// <param name="Start">Where it begins, in seconds.</param>
/// <param name="End">Where it ends, in seconds.</param>
/// <param name="Labels">Names of the classes.</param>
/// <param name="Probabilities">Probability of each class; they sum to 1.</param>
public sealed record WindowPrediction(double Start, double End, IReadOnlyList<string> Labels, IReadOnlyList<double> Probabilities)
{
    /// <summary>The likeliest class.</summary>
    public string Label => Likeliest.Of(Labels, Probabilities);
}

/// <summary>Finds the likeliest class; of equals the first.</summary>
internal static class Likeliest
{
    public static string Of(IReadOnlyList<string> labels, IReadOnlyList<double> probabilities)
    {
        int best = 0;
        for (int c = 1; c < labels.Count; c++)
        {
            best = probabilities[c] > probabilities[best] ? c : best;
        }

        return labels[best];
    }
}
