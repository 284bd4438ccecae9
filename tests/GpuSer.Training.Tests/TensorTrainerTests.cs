using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using GpuSer.Audio;
using GpuSer.Training.Inference;
using GpuSer.Training.Models;
using GpuSer.Training.Weights;
using TorchSharp;
using static TorchSharp.torch;

namespace GpuSer.Training.Tests;

public sealed class TensorTrainerTests : IDisposable
{
    private const int Frames = 33, Batch = 4;
    private static readonly string[] Labels = ["low", "high"];
    private static readonly long[] Classes = [0, 1, 0, 1];
    private static readonly TrainOptions Options = new() { LearningRate = 1e-3, Network = new VggOptions { WidthDivisor = 64, Dropout = 0 }, Threads = 1 };

    private readonly string _folder = Directory.CreateTempSubdirectory("gpuser-tensors-").FullName;
    private readonly DisposeScope _scope = NewDisposeScope();
    private readonly Tensor _images = rand(Batch, Frames, FeatureExtractor.Rows, generator: new Generator(3));

    public void Dispose()
    {
        _scope.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public void A_step_without_cutmix_is_torchs_own()
    {
        using TensorTrainer trainer = new(Labels, Options with { CutMixAlpha = 0 });
        string begun = Save(trainer);
        (Vgg network, _) = ModelFile.Load(begun);
        network.train();
        using optim.Optimizer adam = optim.Adam(network.parameters(), 1e-3);
        Tensor loss = nn.functional.cross_entropy(network.call(ImageBatch.OnChannels(_images)), tensor(Classes));
        loss.backward();
        adam.step();

        Assert.Equal(loss.item<float>(), trainer.Step(_images, Classes).Loss, 1e-6);
        network.eval();
        Assert.All(
            TensorMemory.Floats(network.call(ImageBatch.OnChannels(_images))).ToArray().Zip(Logits(trainer)),
            pair => Assert.Equal(pair.First, pair.Second, 1e-4f));
        Assert.Equal(1, trainer.Steps);
    }

    [Fact]
    public void Callers_images_stay_as_they_are_and_a_seed_gives_the_same_weights()
    {
        float[] before = TensorMemory.Floats(_images).ToArray();
        using TensorTrainer one = new(Labels, Options), other = new(Labels, Options);
        double[] losses = [.. Enumerable.Range(0, 3).Select(_ => one.Step(_images, Classes).Loss)];
        Assert.Equal(losses, Enumerable.Range(0, 3).Select(_ => other.Step(_images, Classes).Loss));
        Assert.Equal(Logits(one), Logits(other));
        Assert.Equal(before, TensorMemory.Floats(_images).ToArray());
        using TensorTrainer unmixed = new(Labels, Options with { CutMixAlpha = 0 });
        Assert.NotEqual(losses[0], unmixed.Step(_images, Classes).Loss);
    }

    [Fact]
    public void What_it_saves_is_what_a_classifier_loads()
    {
        float[] signal = SpokenCorpus.Chord(1, 0, 0), padded = [.. signal, .. signal, .. signal];
        using FeatureExtractor extractor = new(threads: 1);
        using Tensor image = zeros(1, FeatureExtractor.Frames(padded.Length), FeatureExtractor.Rows);
        extractor.ComputeImage(padded.AsSpan(0, BatchPadding.PaddedLength(padded.Length)), TensorMemory.Floats(image));
        using TensorTrainer trainer = new(Labels, Options);
        trainer.Step(_images, Classes);
        float[] expected = new float[2];
        trainer.Logits(image, expected);

        using EmotionClassifier classifier = EmotionClassifier.Load(Save(trainer), threads: 1);
        Assert.Equal(Labels, classifier.Model.Labels);
        Assert.Equal(expected, classifier.Logits(padded));
    }

    [Fact]
    public void What_is_no_batch_of_images_is_refused()
    {
        using TensorTrainer trainer = new(Labels, Options);
        Assert.Throws<ArgumentException>(() => trainer.Step(zeros(4, 31, 230), Classes));
        Assert.Throws<ArgumentException>(() => trainer.Step(zeros(4, 40, 229), Classes));
        Assert.Throws<ArgumentException>(() => trainer.Step(zeros(4, 230, 40).transpose(1, 2), Classes));
        Assert.Throws<ArgumentException>(() => trainer.Step(zeros(4, 40, 230, ScalarType.Float64), Classes));
        Assert.Throws<ArgumentException>(() => trainer.Step(_images, [0, 1, 2, 0]));
        Assert.Throws<ArgumentException>(() => trainer.Step(_images, [0, 1]));
        Assert.Throws<ArgumentException>(() => trainer.Logits(_images, new float[7]));
        Assert.Throws<InvalidOptionsException>(() => trainer.LearningRate = 0);
        Assert.Throws<InvalidOptionsException>(() => new TensorTrainer(["one"], Options));
        Assert.Equal(0, trainer.Steps);
        Assert.Throws<TrainingDivergedException>(() => trainer.Step(full([Batch, Frames, 230], float.NaN), Classes));
    }

    [Fact]
    public void What_torch_refuses_is_an_error_of_ours()
    {
        using TensorTrainer trainer = new(Labels, Options);
        NetworkOf(trainer).to(ScalarType.Float64); // images are of single precision
        TrainingException judging = Assert.Throws<TrainingException>(() => Logits(trainer));
        Assert.StartsWith("4 images cannot be judged: torch failed: ", judging.Message, StringComparison.Ordinal);
        Assert.IsAssignableFrom<ExternalException>(judging.InnerException);
        Assert.StartsWith("step 1: torch failed: ", Assert.Throws<TrainingException>(() => trainer.Step(_images, Classes)).Message, StringComparison.Ordinal);
    }

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_network")]
    private static extern ref Vgg NetworkOf(TensorTrainer trainer);

    private string Save(TensorTrainer trainer)
    {
        string path = Path.Combine(_folder, "tensors.safetensors");
        trainer.Save(path);
        return path;
    }

    private float[] Logits(TensorTrainer trainer)
    {
        float[] logits = new float[Batch * 2];
        trainer.Logits(_images, logits);
        return logits;
    }
}
