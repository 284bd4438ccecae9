namespace GpuSer.Training.Inference;

/// <summary>Logits turned into probabilities and losses, in double.</summary>
internal static class Softmax
{
    /// <summary>exp(z) / sum exp(z), scaled against overflow.</summary>
    public static double[] Of(ReadOnlySpan<float> logits)
    {
        double largest = Largest(logits), sum = Sum(logits, largest);
        double[] probabilities = new double[logits.Length];
        for (int c = 0; c < logits.Length; c++)
        {
            probabilities[c] = Math.Exp(logits[c] - largest) / sum;
        }

        return probabilities;
    }

    /// <summary>Cross entropy of one example.</summary>
    public static double CrossEntropy(ReadOnlySpan<float> logits, int label)
    {
        double largest = Largest(logits);
        return largest - logits[label] + Math.Log(Sum(logits, largest));
    }

    private static double Largest(ReadOnlySpan<float> logits) => logits.ToArray().Max();

    private static double Sum(ReadOnlySpan<float> logits, double largest)
    {
        double sum = 0;
        foreach (float logit in logits)
        {
            sum += Math.Exp(logit - largest);
        }

        return sum;
    }
}
