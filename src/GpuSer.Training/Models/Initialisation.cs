using TorchSharp;
using static TorchSharp.torch;

namespace GpuSer.Training.Models;

/// <summary>How the classifier's fresh weights are drawn. The convolutions are always drawn after He et al. 2015, with variance 2 / fan-out.</summary>
public enum ClassifierInitialisation
{
    /// <summary>As torchvision does: normal with deviation 0.01, which suits a full-size network over pretrained features.</summary>
    Torchvision,

    /// <summary>After He et al. 2015: normal with variance 2 / fan-in, which keeps the signal's size in a network of any width.</summary>
    He,
}

/// <summary>Draws a network's weights anew, the same for the same seed.</summary>
internal static class Initialisation
{
    /// <summary>
    /// Sets convolutions (normal, variance 2 / fan-out), batch normalisations (weight 1, bias 0, mean 0, variance 1) and the classifier; all biases are 0.
    /// </summary>
    /// <param name="network">The network, on the CPU or a device.</param>
    /// <param name="classifier">How the classifier is drawn.</param>
    /// <param name="seed">Seed of torch's generator, which is left behind the last value drawn.</param>
    public static void Draw(Vgg network, ClassifierInitialisation classifier, long seed)
    {
        _ = manual_seed(seed);
        using IDisposable noGradient = no_grad();
        using DisposeScope scope = NewDisposeScope();
        foreach ((string name, Tensor tensor) in network.State())
        {
            long[] shape = tensor.shape;
            if (shape.Length == 4)
            {
                tensor.normal_(0, Math.Sqrt(2.0 / (shape[0] * shape[2] * shape[3])));
            }
            else if (shape.Length == 2)
            {
                tensor.normal_(0, classifier == ClassifierInitialisation.He ? Math.Sqrt(2.0 / shape[1]) : 0.01);
            }
            else if (name.EndsWith("running_var", StringComparison.Ordinal) || name.EndsWith(".weight", StringComparison.Ordinal))
            {
                tensor.fill_(1);
            }
            else
            {
                tensor.zero_();
            }
        }
    }
}
