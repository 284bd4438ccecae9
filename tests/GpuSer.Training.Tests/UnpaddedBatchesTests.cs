using GpuSer.Training.Augmentation;
using GpuSer.Training.Data;
using GpuSer.Training.Models;
using GpuSer.Training.Optimisation;
using GpuSer.Training.Randomness;
using TorchSharp;
using static TorchSharp.torch;

namespace GpuSer.Training.Tests;

public class UnpaddedBatchesTests
{
    // 5000 samples make 10 frames, which are padded to VGG's 32; the others are long enough.
    private static readonly int[] Lengths = [5000, 17000, 21000, 19500];
    private static readonly VggOptions Network = new() { WidthDivisor = 32, Hidden = 16, Classes = 3, Dropout = 0 };

    [Fact]
    public void Gradients_are_the_mean_of_the_single_utterances()
    {
        using DisposeScope scope = NewDisposeScope();
        TrainingBatch batch = Batch();
        using Vgg together = Fresh(), single = Fresh();
        using Recorder whole = new(together), one = new(single);
        using ImageBatch images = ImageBatch.On(null, FeatureOptions.Default, 1);
        using TrainingStep step = new(together, whole, images, cutMixAlpha: 0, seed: 3, padBatches: false);

        StepResult result = step.Run(batch, null, 0);

        Tensor[] mean = [.. single.parameters().Select(parameter => zeros_like(parameter))];
        double loss = 0, correct = 0;
        for (int i = 0; i < Lengths.Length; i++)
        {
            using TrainingStep alone = new(single, one, images, cutMixAlpha: 0, seed: 3);
            StepResult each = alone.Run(new TrainingBatch([batch.Signals[i]], [batch.Labels[i]]), null, 0);
            loss += each.Loss / Lengths.Length;
            correct += each.Correct;
            for (int p = 0; p < mean.Length; p++)
            {
                mean[p].add_(one.Gradients[p] / Lengths.Length);
            }
        }

        Assert.Equal(loss, result.Loss, 1e-5);
        Assert.Equal(correct, result.Correct);
        for (int p = 0; p < mean.Length; p++)
        {
            string name = together.named_parameters().ElementAt(p).name;
            if (!together.IsBiasBeforeBatchNorm(name))
            {
                Assert.InRange(Difference.Between(TensorMemory.Floats(whole.Gradients[p]), TensorMemory.Floats(mean[p])).Relative, 0, 1e-5);
            }
        }
    }

    [Fact]
    public void Each_image_has_its_own_frames_and_is_what_the_test_sees()
    {
        using DisposeScope scope = NewDisposeScope();
        TrainingBatch batch = Batch(), next = Batch();
        using ImageBatch images = ImageBatch.On(null, FeatureOptions.Default, 1), alone = ImageBatch.On(null, FeatureOptions.Default, 1);
        using UnpaddedBatches batches = new(images, 0, 1);

        // The second batch's first image is begun with the first batch, as it is in training.
        IReadOnlyList<MixedImages> first = batches.Take(batch, next, 0, default), parts = batches.Take(next, null, 1, default);

        Assert.Equal([32L, 34, 41, 39], parts.Select(part => part.Images.shape[1]));
        for (int i = 0; i < Lengths.Length; i++)
        {
            float[] expected = TensorMemory.Floats(alone.Fill([batch.Signals[i]])).ToArray();
            Assert.Equal(expected, TensorMemory.Floats(first[i].Images).ToArray());
            Assert.Equal(expected, TensorMemory.Floats(parts[i].Images).ToArray());
            Assert.Equal((batch.Labels[i], 1), (Assert.Single(parts[i].Labels.Own), parts[i].Labels.Lambda));
        }
    }

    [Fact]
    public void A_box_lies_in_the_frames_that_both_images_have_and_lambda_is_what_it_leaves()
    {
        using DisposeScope scope = NewDisposeScope();
        int[] frames = [32, 90, 50, 200, 33];
        Tensor[] images = [.. frames.Select((count, i) => full([1, count, 230], (float)i))];
        double least = 1;
        for (uint draw = 0; draw < 50; draw++)
        {
            UnpaddedCutMix mix = UnpaddedCutMix.Draw(new Philox(9, RandomStream.CutMix, draw), 0.4, frames, 230);
            Assert.Equal([0, 1, 2, 3, 4], mix.Partner.Order());
            for (int i = 0; i < frames.Length; i++)
            {
                Assert.InRange(mix.Boxes[i].EndFrame, mix.Boxes[i].FirstFrame, Math.Min(frames[i], frames[mix.Partner[i]]));
                float[] mixed = TensorMemory.Floats(mix.Mixed(images, i)).ToArray();
                int own = mixed.Count(value => value == i), partners = mixed.Count(value => value == mix.Partner[i]);
                Assert.Equal(frames[i] * 230, mix.Partner[i] == i ? own : own + partners);
                Assert.Equal(mix.Partner[i] == i ? 1 : mix.Lambdas[i], (double)own / mixed.Length, 1e-12);
                least = Math.Min(least, mix.Lambdas[i]);
            }
        }

        Assert.True(least < 0.2, "no draw mixed much");
        Assert.All(images.Select((image, i) => (image, i)), pair => Assert.Equal(pair.i, pair.image.min().item<float>()));
    }

    [Fact]
    public void Among_images_of_one_length_every_box_is_the_same()
    {
        UnpaddedCutMix mix = UnpaddedCutMix.Draw(new Philox(9, RandomStream.CutMix, 1), 0.4, [60, 60, 60], 230);

        Assert.Single(mix.Boxes.Distinct());
        Assert.Equal(1 - ((double)mix.Boxes[0].Frames * mix.Boxes[0].Rows / (60 * 230)), mix.Lambdas[2], 1e-15);
    }

    private static Vgg Fresh()
    {
        Vgg network = new(Network);
        Initialisation.Draw(network, ClassifierInitialisation.Torchvision, 4);
        network.train();
        return network;
    }

    private static TrainingBatch Batch()
    {
        Random random = new(7);
        return new TrainingBatch(
            [.. Lengths.Select(length => (ReadOnlyMemory<float>)Enumerable.Range(0, length).Select(_ => random.NextSingle() - 0.5f).ToArray())], [0, 2, 1, 2]);
    }

    /// <summary>Keeps the gradients of the last step and changes nothing.</summary>
    private sealed class Recorder(Vgg network) : IOptimiser
    {
        public double LearningRate { get; set; }

        public long Steps { get; set; }

        public Tensor[] Gradients { get; private set; } = [];

        public IReadOnlyList<(string Name, Tensor Tensor)> State() => [];

        public void Step()
        {
            Array.ForEach(Gradients, gradient => gradient.Dispose());
            Gradients = [.. network.parameters().Select(parameter => TensorMemory.Gradient(parameter)!.clone().DetachFromDisposeScope())];
            foreach (Tensor parameter in network.parameters())
            {
                TensorMemory.ReleaseGradient(parameter, TensorMemory.Gradient(parameter)!);
            }
        }

        public void Dispose() => Array.ForEach(Gradients, gradient => gradient.Dispose());
    }
}
