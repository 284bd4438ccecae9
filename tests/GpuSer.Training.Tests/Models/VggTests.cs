using GpuSer.Training.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace GpuSer.Training.Tests.Models;

public class VggTests
{
    private static readonly VggOptions Small = new() { WidthDivisor = 32, Hidden = 16 };

    [Theory]
    [InlineData(1, 32)]
    [InlineData(2, 33)]
    [InlineData(3, 95)]
    public void Any_batch_and_any_number_of_frames_from_32_give_logits(int batch, int frames)
    {
        using DisposeScope scope = NewDisposeScope();
        using Vgg network = new(Small);
        Initialisation.Draw(network, ClassifierInitialisation.He, 1);

        Tensor logits = network.call(ImageBatch.OnChannels(rand(batch, frames, FeatureExtractor.Rows)));

        Assert.Equal([batch, 7L], logits.shape);
        Assert.All(TensorMemory.Floats(logits.detach()).ToArray(), value => Assert.True(float.IsFinite(value)));
    }

    [Fact]
    public void Pooling_before_rectifying_changes_no_bit_of_outputs_and_gradients()
    {
        using DisposeScope scope = NewDisposeScope();
        // Multiples of a half give ties in many windows: among positives, among negatives, at zero. The last row is in no window.
        Tensor here = (randn(4, 3, 11, 8) * 2).floor() / 2, there = here.clone();
        (here.requires_grad, there.requires_grad) = (true, true);

        Tensor weights = randn(4, 3, 5, 4);
        Tensor pooledFirst = nn.functional.relu(nn.functional.max_pool2d(here, 2)), rectifiedFirst = nn.functional.max_pool2d(nn.functional.relu(there), 2);
        (pooledFirst * weights).sum().backward();
        (rectifiedFirst * weights).sum().backward();

        Assert.Equal(TensorMemory.Floats(rectifiedFirst.detach()).ToArray(), TensorMemory.Floats(pooledFirst.detach()).ToArray());
        Assert.Equal(TensorMemory.Floats(TensorMemory.Gradient(there)!).ToArray(), TensorMemory.Floats(TensorMemory.Gradient(here)!).ToArray());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Fresh_weights_have_the_deviations_asked_for_and_depend_on_the_seed_alone(bool he)
    {
        ClassifierInitialisation initialisation = he ? ClassifierInitialisation.He : ClassifierInitialisation.Torchvision;
        using Vgg network = new(new VggOptions { WidthDivisor = 8 });
        Initialisation.Draw(network, initialisation, 5);

        foreach ((string name, Tensor tensor) in network.State().Where(entry => entry.Tensor.dtype == ScalarType.Float32))
        {
            float[] values = TensorMemory.Floats(tensor).ToArray();
            long[] shape = tensor.shape;
            if (shape.Length == 1)
            {
                bool one = name.EndsWith("running_var", StringComparison.Ordinal) || name.EndsWith("weight", StringComparison.Ordinal);
                Assert.All(values, value => Assert.Equal(one ? 1 : 0, value));
                continue;
            }

            double deviation = shape.Length == 4 ? Math.Sqrt(2.0 / (9 * shape[0])) : he ? Math.Sqrt(2.0 / shape[1]) : 0.01;
            double measured = Math.Sqrt(values.Average(value => (double)value * value));
            Assert.InRange(measured / deviation, 1 - (4 / Math.Sqrt(2 * values.Length)), 1 + (4 / Math.Sqrt(2 * values.Length)));
        }

        float[] first = TensorMemory.Floats(network.State()[0].Tensor).ToArray();
        Initialisation.Draw(network, initialisation, 6);
        Assert.NotEqual(first, TensorMemory.Floats(network.State()[0].Tensor).ToArray());
        Initialisation.Draw(network, initialisation, 5);
        Assert.Equal(first, TensorMemory.Floats(network.State()[0].Tensor).ToArray());
    }

    [Fact]
    public void Biases_before_a_batch_normalisation_are_known_by_name()
    {
        using Vgg with = new(Small), without = new(Small with { BatchNorm = false });

        Assert.Equal(13, with.named_parameters().Count(p => with.IsBiasBeforeBatchNorm(p.name)));
        Assert.True(with.IsBiasBeforeBatchNorm("features.0.bias"));
        Assert.False(with.IsBiasBeforeBatchNorm("features.1.bias"));
        Assert.False(with.IsBiasBeforeBatchNorm("classifier.0.bias"));
        Assert.DoesNotContain(without.named_parameters(), p => without.IsBiasBeforeBatchNorm(p.name));
    }
}
