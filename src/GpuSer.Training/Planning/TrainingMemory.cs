using GpuSer.Training.Models;

namespace GpuSer.Training.Planning;

/// <summary>
/// Memory that a training takes, in bytes, predicted by counting the float32 values that have to be there at once. What libraries hold for themselves
/// (workspaces of convolutions, the runtime, the CUDA context) is not counted.
/// </summary>
internal sealed record TrainingMemory
{
    private const long Float = sizeof(float), Index = sizeof(long);

    /// <summary>The network's parameters.</summary>
    public required long Weights { get; init; }

    /// <summary>A gradient for each parameter that is trained.</summary>
    public required long Gradients { get; init; }

    /// <summary>Adam's two moments for each of them.</summary>
    public required long Moments { get; init; }

    /// <summary>What a step keeps of each layer until its gradient is made, and what a layer has at once, for the largest batch.</summary>
    public required long Activations { get; init; }

    /// <summary>Images of two batches: the one in use and the one that is being made.</summary>
    public required long Images { get; init; }

    /// <summary>The decoded recordings, which stay.</summary>
    public required long Recordings { get; init; }

    /// <summary>All of it.</summary>
    public long Total => Weights + Gradients + Moments + Activations + Images + Recordings;

    /// <summary>Counts.</summary>
    /// <param name="network">The network.</param>
    /// <param name="parameters">Number of its parameters.</param>
    /// <param name="trained">Number of those that are trained.</param>
    /// <param name="images">Images of the largest batch that are made together.</param>
    /// <param name="together">How many of them go through the network at once.</param>
    /// <param name="frames">Frames of its images.</param>
    /// <param name="samples">Samples of all recordings.</param>
    public static TrainingMemory Predict(VggOptions network, long parameters, long trained, int images, int together, int frames, long samples) => new()
    {
        Weights = parameters * Float,
        Gradients = trained * Float,
        Moments = 2 * trained * Float,
        Activations = together * (Features(network, frames, frozen: trained < parameters) + Classifier(network)),
        Images = 2L * images * frames * FeatureExtractor.Rows * Float,
        Recordings = samples * Float,
    };

    /// <summary>
    /// Bytes that the feature layers keep of one image. A convolution's output is kept by the batch normalisation after it, that one's by the
    /// rectifier, which works in place, or by the pooling, which keeps its output and the places of its maxima (64 bits) as well. Besides, the largest
    /// layer has two at once: its gradients, or where it is frozen and nothing is kept, what goes in and what comes out.
    /// </summary>
    private static long Features(VggOptions network, int frames, bool frozen)
    {
        long height = frames, width = FeatureExtractor.Rows, kept = 0, largest = 0;
        int channels = 0;
        foreach (int layer in Vgg.Widths)
        {
            if (layer == 0)
            {
                (height, width) = (height / 2, width / 2);
                kept += channels * height * width * (Float + Index);
                continue;
            }

            channels = layer / network.WidthDivisor;
            long output = channels * height * width * Float;
            kept += output * (network.BatchNorm ? 2 : 1);
            largest = Math.Max(largest, output);
        }

        return (frozen ? 0 : kept) + (2 * largest);
    }

    // Pooled map, and of each hidden layer its output, the dropout's draw and what it leaves.
    private static long Classifier(VggOptions network) =>
        Float * ((512L / network.WidthDivisor * Vgg.PooledSide * Vgg.PooledSide) + (2L * 3 * network.HiddenWidth()) + network.Classes);
}
