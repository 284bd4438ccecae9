using System.Runtime.InteropServices;
using GpuSer.Training.Data;
using GpuSer.Training.Evaluation;
using GpuSer.Training.Inference;
using GpuSer.Training.Models;
using TorchSharp;

namespace GpuSer.Training.Tests.Inference;

public sealed class FailingTorchTests : IDisposable
{
    private readonly Vgg _network;
    private readonly ImageBatch _images = ImageBatch.On(null, FeatureOptions.Default, 1);
    private readonly EmotionClassifier _classifier;

    public FailingTorchTests()
    {
        VggOptions options = new() { WidthDivisor = 32, Hidden = 16 };
        ModelDescription model = new() { Labels = ["a", "b", "c", "d", "e", "f", "g"], Network = options, Recipe = FeatureOptions.RecipeVersion, Features = FeatureOptions.Default };
        _network = new Vgg(options);
        _network.eval();
        _network.to(torch.ScalarType.Float64); // images are of single precision
        _classifier = EmotionClassifier.Around(_network, model, _images);
    }

    public void Dispose()
    {
        _classifier.Dispose();
        _images.Dispose();
        _network.Dispose();
    }

    [Fact]
    public void What_torch_refuses_is_an_error_of_ours_with_torch_s_reason()
    {
        TrainingException error = Assert.Throws<TrainingException>(() => _classifier.Logits(SpokenCorpus.Chord(1, 1, 1)));

        Assert.StartsWith("a recording of 0.5 s cannot be judged: torch failed: ", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("--", error.Message, StringComparison.Ordinal); // of a command's options the library knows nothing
        Assert.DoesNotContain('\n', error.Message);
        Assert.IsAssignableFrom<ExternalException>(error.InnerException);
    }

    [Fact]
    public void A_recording_that_cannot_be_judged_is_named()
    {
        using SpokenCorpus spoken = new(1, 1, 'W', 'L');
        Utterance utterance = spoken.Corpus.Utterances[0];
        float[] samples = SpokenCorpus.Chord(1, 1, 1);
        TrainingException[] errors =
        [
            Assert.Throws<TrainingException>(() => Evaluator.Judge(_classifier, [new VoicedUtterance(utterance, samples)], "some", null, default)),
            Assert.Throws<TrainingException>(() => _classifier.Predict(utterance.Path)),
            Assert.Throws<TrainingException>(() => _classifier.Predict(utterance.Path, new PredictOptions { WholeSeconds = 0.1, WindowSeconds = 0.1, HopSeconds = 0.1 })),
        ];
        Assert.All(errors, error => Assert.StartsWith($"{utterance.Path}: a recording of 0.", error.Message, StringComparison.Ordinal));
        Assert.All(errors, error => Assert.EndsWith("cut the recording or leave it out", error.Message, StringComparison.Ordinal));
    }
}
