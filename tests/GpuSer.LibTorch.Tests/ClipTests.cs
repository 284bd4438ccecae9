using TorchSharp.Modules;
using static TorchSharp.torch;

namespace GpuSer.LibTorch.Tests;

public sealed class ClipTests
{
    [Fact]
    public void Gradients_are_scaled_to_the_norm_together_and_left_where_they_are_under_it()
    {
        using var scope = NewDisposeScope();
        Parameter a = nn.Parameter(zeros(2)), b = nn.Parameter(zeros(1)), without = nn.Parameter(zeros(3));
        (a * tensor(new float[] { 3, 0 })).sum().backward();
        (b * 4).sum().backward();

        Assert.Equal(5, nn.utils.clip_grad_norm_([a, b, without], 10), 1e-6);
        Assert.Equal([3f, 0f], a.grad!.data<float>().ToArray());

        Assert.Equal(5, nn.utils.clip_grad_norm_([a, b, without], 1), 1e-6);
        Assert.Equal(0.6, a.grad!.data<float>().ToArray()[0], 1e-5);
        Assert.Equal(0.8, b.grad!.data<float>().ToArray()[0], 1e-5);
        Assert.Equal(0.8, nn.utils.clip_grad_norm_([a, b], 100, double.PositiveInfinity), 1e-5);
    }
}
