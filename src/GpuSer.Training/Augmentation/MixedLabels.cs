using static TorchSharp.torch;

namespace GpuSer.Training.Augmentation;

/// <summary>Labels of images that CutMix mixed: own and partner's, by their shares.</summary>
/// <param name="Own">Own labels. [length = batch]</param>
/// <param name="Partners">Labels of the images that the boxes come from. [length = batch]</param>
/// <param name="Lambda">Share of its own that an image keeps, in [0, 1].</param>
internal sealed record MixedLabels(IReadOnlyList<long> Own, IReadOnlyList<long> Partners, double Lambda)
{
    /// <summary>lambda * CE(own labels) + (1 - lambda) * CE(partners' labels), the mean over the batch.</summary>
    /// <param name="logits">Output of the network. [shape = (batch, classes)]</param>
    public Tensor Loss(Tensor logits)
    {
        Tensor own = nn.functional.cross_entropy(logits, tensor(Own.ToArray(), device: logits.device));
        Tensor partners = nn.functional.cross_entropy(logits, tensor(Partners.ToArray(), device: logits.device));
        return own * Lambda + partners * (1 - Lambda);
    }

    /// <summary>How many are right, a mixed image counting by its shares; from 0 to the batch's size.</summary>
    /// <param name="logits">Output of the network. [shape = (batch, classes)]</param>
    public double Correct(Tensor logits)
    {
        Span<long> best = TensorMemory.Longs(logits.argmax(1).cpu());
        double correct = 0;
        for (int i = 0; i < Own.Count; i++)
        {
            correct += best[i] == Own[i] ? Lambda : 0;
            correct += best[i] == Partners[i] ? 1 - Lambda : 0;
        }

        return correct;
    }
}
