using GpuSer.Training.Models;
using GpuSer.Training.Planning;

namespace GpuSer.Training.Tests.Planning;

/// <summary>Predicted memory against counts by hand.</summary>
public class TrainingMemoryTests
{
    // The classifier of width 1/64: a map of 8 x 7 x 7, three values for each of 2 x 64 hidden units, 7 logits.
    private const long Classifier = 4 * ((8 * 49) + (3 * 2 * 64) + 7);

    private static readonly VggOptions Narrow = new() { WidthDivisor = 64 };

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void ActivationsAreThoseOfEachLayer(bool batchNorm)
    {
        // Channels, frames and bins of the thirteen convolutions for 33 frames, and those of the five poolings, which halve and round down.
        (long C, long T, long W)[] convolutions =
        [
            (1, 33, 230), (1, 33, 230), (2, 16, 115), (2, 16, 115), (4, 8, 57), (4, 8, 57), (4, 8, 57),
            (8, 4, 28), (8, 4, 28), (8, 4, 28), (8, 2, 14), (8, 2, 14), (8, 2, 14),
        ];
        (long C, long T, long W)[] poolings = [(1, 16, 115), (2, 8, 57), (4, 4, 28), (8, 2, 14), (8, 1, 7)];
        long features = ((batchNorm ? 2 : 1) * convolutions.Sum(one => 4 * one.C * one.T * one.W)) + poolings.Sum(one => 12 * one.C * one.T * one.W) + (2 * 4 * 33 * 230);

        TrainingMemory memory = TrainingMemory.Predict(Narrow with { BatchNorm = batchNorm }, 1000, 1000, images: 16, together: 16, frames: 33, samples: 50);

        Assert.Equal(16 * (features + Classifier), memory.Activations);
        Assert.Equal((4000, 4000, 8000, 2 * 16 * 33 * 230 * 4, 200), (memory.Weights, memory.Gradients, memory.Moments, memory.Images, memory.Recordings));
        Assert.Equal(memory.Weights + memory.Gradients + memory.Moments + memory.Activations + memory.Images + memory.Recordings, memory.Total);
    }

    [Fact]
    public void FrozenFeaturesKeepNothingButPassTheirLargestLayer() =>
        Assert.Equal(3 * (Classifier + (2 * 4 * 33 * 230)), TrainingMemory.Predict(Narrow, 1000, 100, images: 16, together: 3, frames: 33, samples: 50).Activations);
}
