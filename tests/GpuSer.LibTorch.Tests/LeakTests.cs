using TorchSharp.Interop;
using static TorchSharp.torch;

namespace GpuSer.LibTorch.Tests;

public sealed class LeakTests
{
    private const int Steps = 1000;

    [Fact]
    public void A_thousand_training_steps_leave_no_tensor_behind()
    {
        long[] counts = Train(_ => { });
        Assert.All(counts[2..], count => Assert.Equal(counts[1], count));
    }

    [Fact]
    public void A_tensor_kept_in_every_step_is_noticed()
    {
        var kept = new List<Tensor>();
        long[] counts = Train(loss => kept.Add(loss.alias().DetachFromDisposeScope()), steps: 20);
        Assert.Equal(18, counts[^1] - counts[1]);
        kept.ForEach(tensor => tensor.Dispose());
    }

    [Fact]
    public void Results_of_every_kind_are_given_back()
    {
        using var image = randn(2, 3, 4, 4);
        long before = Native.LiveHandles();
        for (int i = 0; i < 10; i++)
        {
            using var scope = NewDisposeScope();
            _ = image.max(1);
            _ = image.split(1, 1);
            _ = image[0, TensorIndex.Tensor(tensor(new long[] { 1, 0 })), 1..];
            _ = image.ToString();
            _ = image.sum().ToScalar();
            _ = get_rng_state();
            using var leaf = image.clone().requires_grad_();
            _ = autograd.grad([(leaf * leaf).sum()], [leaf]);
        }

        Assert.Equal(before, Native.LiveHandles());
    }

    // Live handles after each step.
    private static long[] Train(Action<Tensor> eachStep, int steps = Steps)
    {
        // Whatever earlier tests left to the finalizer must not be counted as going away here.
        GC.Collect();
        GC.WaitForPendingFinalizers();

        manual_seed(3);
        using var net = nn.Sequential(
            ("conv", nn.Conv2d(1, 4, 3, padding: 1)),
            ("norm", nn.BatchNorm2d(4)),
            ("relu", nn.ReLU(inplace: true)),
            ("pool", nn.MaxPool2d(2)),
            ("flat", nn.Flatten()),
            ("drop", nn.Dropout(0.3)),
            ("out", nn.Linear(36, 3)));
        using var adam = optim.Adam(net.parameters(), 1e-3, amsgrad: true);
        using var images = randn(4, 1, 6, 6);
        using var labels = randint(0, 3, [4]);

        var counts = new long[steps];
        for (int step = 0; step < steps; step++)
        {
            using (NewDisposeScope())
            {
                adam.zero_grad();
                var loss = nn.functional.cross_entropy(net.call(images), labels);
                loss.backward();
                adam.step();
                eachStep(loss);
            }

            counts[step] = Native.LiveHandles();
        }

        Assert.Equal(Tensor.TotalCount, Native.LiveHandles());
        return counts;
    }
}
