using TorchSharp;
using static TorchSharp.torch;

namespace GpuSer.LibTorch.Tests;

public sealed class LayerTests : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose() => _scope.Dispose();

    [Theory]
    [InlineData(PaddingModes.Zeros, 0, 0)]
    [InlineData(PaddingModes.Reflect, 2, 3)]
    [InlineData(PaddingModes.Replicate, 1, 4)]
    [InlineData(PaddingModes.Circular, 4, 1)]
    public void Convolution_sums_the_window_and_pads_as_asked(PaddingModes mode, int left, int right)
    {
        using var layer = nn.Conv2d(1, 1, (1L, 3L), padding: (0L, 1L), padding_mode: mode);
        nn.init.ones_(layer.weight);
        nn.init.constant_(layer.bias!, 0.5);
        Values.Equal([left + 3.5, 6.5, 9.5, right + 7.5], layer.call(tensor(new float[] { 1, 2, 3, 4 }, [1, 1, 1, 4])));
    }

    [Theory]
    [InlineData(3, 1, 1)]
    [InlineData(4, 1, 1)]
    [InlineData(3, 2, 2)]
    public void Same_padding_keeps_the_size_and_valid_padding_does_not_pad(long kernel, long dilation, long groups)
    {
        var image = ones(2, 4, 9, 8);
        Assert.Equal([2L, 6L, 9L, 8L], nn.Conv2d(4, 6, kernel, Padding.Same, dilation: dilation, groups: groups).call(image).shape);
        Assert.Equal([2L, 6L, 9L, 8L], nn.Conv2d(4, 6, kernel, Padding.Same, dilation: dilation, groups: groups, padding_mode: PaddingModes.Circular).call(image).shape);
        Assert.Equal(9 - dilation * (kernel - 1), nn.Conv2d(4, 6, kernel, Padding.Valid, dilation: dilation, bias: false).call(image).shape[2]);
    }

    [Fact]
    public void Groups_must_divide_the_channels() => Assert.Throws<ArgumentException>(() => nn.Conv2d(3, 4, 3, groups: 2));

    [Fact]
    public void Batch_norm_in_training_whitens_and_moves_the_running_statistics()
    {
        using var layer = nn.BatchNorm2d(2, momentum: 0.25);
        var input = tensor(new float[] { 1, 3, 10, 30, 5, 7, 50, 70 }, [2, 2, 1, 2]);
        double[] whitened = [-3, -1, -3, -1, 1, 3, 1, 3];
        Values.Equal([.. whitened.Select(v => v / Math.Sqrt(5))], layer.call(input), 1e-5);

        // Means 4 and 40; unbiased variances 20/3 and 2000/3.
        Values.Equal([1, 10], layer.running_mean!, 1e-6);
        Values.Equal([0.75 + 0.25 * 20 / 3, 0.75 + 0.25 * 2000 / 3], layer.running_var!, 1e-4);
        Assert.Equal(1, layer.num_batches_tracked!.item<long>());

        layer.eval();
        double variance = 0.75 + 0.25 * 20 / 3;
        Values.Equal([0, 2 / Math.Sqrt(variance)], layer.call(input)[0, 0, 0], 1e-5);
        Assert.Equal(1, layer.num_batches_tracked!.item<long>());

        layer.reset_running_stats();
        Values.Equal([0, 0], layer.running_mean!);
        Values.Equal([1, 1], layer.running_var!);
        Assert.Throws<ArgumentException>(() => layer.call(ones(2, 2)));
    }

    [Fact]
    public void Pools_take_the_largest_and_the_mean()
    {
        var image = arange(16, float32).reshape(1, 1, 4, 4);
        Values.Equal([5, 7, 13, 15], nn.MaxPool2d(2).call(image));
        Values.Equal([5, 7, 13, 15], nn.MaxPool2d(2, 2).call(image));
        Values.Equal([10, 11, 14, 15], nn.MaxPool2d(3, 1).call(image));
        Assert.Equal([1L, 1L, 3L, 3L], nn.MaxPool2d((2L, 2L), padding: (1L, 1L)).call(image).shape);
        Values.Equal([5, 7, 13, 15], nn.MaxPool2d(2).forward_with_indices(image).indices);
        Values.Equal([2.5, 4.5, 10.5, 12.5], nn.AdaptiveAvgPool2d(2).call(image));
        Values.Equal([7.5], nn.AdaptiveAvgPool2d((1L, 1L)).call(image));
    }

    [Fact]
    public void Dropout_scales_what_it_keeps_and_rests_in_evaluation()
    {
        manual_seed(2);
        using var layer = nn.Dropout(0.25);
        double[] values = Values.Of(layer.call(ones(4000)));
        Assert.Equal([0, 1 / 0.75f], values.Distinct().Order());
        Assert.Equal(0.25, values.Count(value => value == 0) / 4000.0, 0.03);
        layer.eval();
        Values.Equal([1, 1, 1], layer.call(ones(3)));
    }

    [Fact]
    public void Cross_entropy_is_the_mean_negative_log_likelihood()
    {
        var logits = tensor(new double[,] { { 0, Math.Log(3) }, { Math.Log(4), 0 } });
        var labels = tensor(new long[] { 1, 1 });
        double first = -Math.Log(0.75), second = -Math.Log(0.2);
        Values.Equal([(first + second) / 2], nn.functional.cross_entropy(logits, labels), 1e-12);
        Values.Equal([first, second], nn.functional.cross_entropy(logits, labels, null, -100, nn.Reduction.None), 1e-12);
        Values.Equal([first + second], nn.CrossEntropyLoss(reduction: nn.Reduction.Sum).call(logits, labels), 1e-12);
        Values.Equal([second], nn.functional.cross_entropy(logits, tensor(new long[] { -100, 1 })), 1e-12);
        double smoothed = 0.9 * (first + second) / 2 + 0.05 * (first - Math.Log(0.25) + second - Math.Log(0.8)) / 2;
        Values.Equal([smoothed], nn.functional.cross_entropy(logits, labels, label_smoothing: 0.1), 1e-12);
    }

    [Fact]
    public void New_weights_have_pytorchs_distribution()
    {
        manual_seed(11);
        using var conv = nn.Conv2d(16, 64, 3);
        double bound = 1 / Math.Sqrt(16 * 9);
        Assert.InRange(conv.weight.abs().max().ToDouble(), 0.99 * bound, bound);
        Assert.InRange(conv.bias!.abs().max().ToDouble(), 0.9 * bound, bound);
        Assert.Equal(bound / Math.Sqrt(3), conv.weight.std().ToDouble(), 0.02 * bound);

        using var linear = nn.Linear(100, 50);
        Assert.InRange(linear.weight.abs().max().ToDouble(), 0.099, 0.1);
        Values.Equal([1, 1], nn.BatchNorm2d(2).weight!);
        Values.Equal([0, 0], nn.BatchNorm2d(2).bias!);
    }

    [Fact]
    public void Initialisers_have_the_deviation_they_promise()
    {
        manual_seed(12);
        var weight = empty(64, 32, 3, 3);
        Assert.Equal((288L, 576L), nn.init.CalculateFanInAndFanOut(weight));
        Assert.Equal(Math.Sqrt(2.0 / 576), nn.init.kaiming_normal_(weight, 0, nn.init.FanInOut.FanOut, nn.init.NonlinearityType.ReLU).std().ToDouble(), 1e-3);
        Assert.Equal(Math.Sqrt(2.0 / 288), nn.init.kaiming_uniform_(weight).std().ToDouble(), 1e-3);
        Assert.Equal(Math.Sqrt(2.0 / 864), nn.init.xavier_normal_(weight).std().ToDouble(), 1e-3);
        Assert.Equal(Math.Sqrt(2.0 / 864), nn.init.xavier_uniform_(weight).std().ToDouble(), 1e-3);
        Assert.Equal(0.01, nn.init.normal_(weight, 0, 0.01).std().ToDouble(), 1e-4);
        Assert.Same(weight, nn.init.uniform_(weight, 2, 3));
        Assert.Equal(2.5, weight.mean().ToDouble(), 0.01);
        Values.Equal([0.25, 0.25], nn.init.constant_(empty(2), 0.25));
    }
}
