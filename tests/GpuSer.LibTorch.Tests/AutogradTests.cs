using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace GpuSer.LibTorch.Tests;

public sealed class AutogradTests : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose() => _scope.Dispose();

    [Fact]
    public void A_networks_gradients_match_finite_differences()
    {
        manual_seed(7);
        var images = randn([3, 2, 5, 6], float64);
        var labels = tensor(new long[] { 2, 0, 1 });
        var net = nn.Sequential(
            ("conv", nn.Conv2d(2, 3, 3, padding: 1, dtype: float64)),
            ("norm", nn.BatchNorm2d(3, dtype: float64)),
            ("relu", nn.ReLU()),
            ("pool", nn.MaxPool2d(2)),
            ("average", nn.AdaptiveAvgPool2d((1, 2))),
            ("flat", nn.Flatten()),
            ("out", nn.Linear(6, 3, dtype: float64)));
        double Loss() => nn.functional.cross_entropy(net.call(images), labels).item<double>();

        nn.functional.cross_entropy(net.call(images), labels).backward();

        const double Step = 1e-6;
        using var mode = no_grad();
        foreach (var (name, parameter) in net.named_parameters())
        {
            double[] analytic = Values.Of(parameter.grad!);
            var data = parameter.data<double>();
            for (int i = 0; i < analytic.Length; i++)
            {
                double value = data[Unravel(i, parameter.shape)];
                data.CopyFrom([value + Step], tensorIndex: i);
                double above = Loss();
                data.CopyFrom([value - Step], tensorIndex: i);
                double below = Loss();
                data.CopyFrom([value], tensorIndex: i);
                Assert.True(Math.Abs((above - below) / (2 * Step) - analytic[i]) < 1e-7, $"{name}[{i}]: {(above - below) / (2 * Step)} and {analytic[i]}");
            }
        }
    }

    [Fact]
    public void Gradients_of_a_formula_are_exact()
    {
        var x = tensor(new double[] { 1, 2, 3 }, requires_grad: true);
        var y = (x * x * x).sum() + 2 * x[1];
        y.backward();
        Values.Equal([3, 14, 27], x.grad!);

        (x * 2).sum().backward();
        Values.Equal([5, 16, 29], x.grad!);

        x.grad = null;
        Assert.Null(x.grad);
    }

    [Fact]
    public void Backward_takes_weights_for_an_output_that_is_not_a_scalar()
    {
        var x = tensor(new double[] { 1, 2 }, requires_grad: true);
        (x * x).backward([tensor(new double[] { 10, 1 })]);
        Values.Equal([20, 4], x.grad!);
        Assert.Contains("scalar outputs", Assert.Throws<ExternalException>(() => (x * x).backward()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Grad_leaves_the_leaves_alone_and_goes_to_second_order()
    {
        var x = tensor(3.0, requires_grad: true);
        var unused = tensor(1.0, requires_grad: true);
        var first = autograd.grad([x * x * x], [x], create_graph: true)[0];
        var second = autograd.grad([first], [x, unused], allow_unused: true);
        Values.Equal([27], first);
        Values.Equal([18], second[0]);
        Assert.Null(second[1]);
        Assert.Null(x.grad);
    }

    [Fact]
    public void Nothing_is_recorded_without_grad_mode()
    {
        var x = ones(2, requires_grad: true);
        using (no_grad())
        {
            Assert.False(is_grad_enabled());
            Assert.False((x * 2).requires_grad);
            using (enable_grad()) Assert.True((x * 2).requires_grad);
            Assert.False(is_grad_enabled());
        }

        Assert.True(is_grad_enabled());
        Assert.True((x * 2).requires_grad);
        Assert.False((x * 2).detach().requires_grad);
        Assert.False((x * 2).is_leaf);
        using (inference_mode())
        {
            Assert.True(is_inference_mode_enabled());
            Assert.False((x * 2).requires_grad);
        }

        Assert.False(is_inference_mode_enabled());
    }

    [Fact]
    public void Three_channels_that_are_one_buffer_add_up_their_gradients()
    {
        var image = ones([1, 1, 2, 2], float64, requires_grad: true);
        var weights = arange(12, float64).reshape(1, 3, 2, 2);
        (image.expand(1, 3, 2, 2) * weights).sum().backward();
        Values.Equal([12, 15, 18, 21], image.grad!);
    }

    private static long[] Unravel(long index, long[] shape)
    {
        var position = new long[shape.Length];
        for (int i = shape.Length - 1; i >= 0; i--) (index, position[i]) = Math.DivRem(index, shape[i]);
        return position;
    }
}
