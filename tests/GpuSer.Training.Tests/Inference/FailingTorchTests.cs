using System.Runtime.InteropServices;
using GpuSer.Training.Inference;
using GpuSer.Training.Models;
using TorchSharp;

namespace GpuSer.Training.Tests.Inference;

public sealed class FailingTorchTests
{
    [Fact]
    public void What_torch_refuses_is_an_error_of_ours_with_torch_s_reason()
    {
        VggOptions options = new() { WidthDivisor = 32, Hidden = 16 };
        ModelDescription model = new() { Labels = ["a", "b", "c", "d", "e", "f", "g"], Network = options, Recipe = FeatureOptions.RecipeVersion, Features = FeatureOptions.Default };
        using Vgg network = new(options);
        network.eval();
        network.to(torch.ScalarType.Float64); // images are of single precision
        using ImageBatch images = ImageBatch.On(null, FeatureOptions.Default, 1);
        using EmotionClassifier classifier = EmotionClassifier.Around(network, model, images);

        TrainingException error = Assert.Throws<TrainingException>(() => classifier.Logits(SpokenCorpus.Chord(1, 1, 1)));

        Assert.StartsWith("a recording of 0.5 s cannot be judged: torch failed: ", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
        Assert.IsAssignableFrom<ExternalException>(error.InnerException);
    }
}
