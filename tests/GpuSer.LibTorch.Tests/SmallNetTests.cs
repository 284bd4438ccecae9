using static TorchSharp.torch;

namespace GpuSer.LibTorch.Tests;

public sealed class SmallNetTests
{
    [Fact]
    public void A_small_network_learns_to_tell_two_patterns_apart()
    {
        manual_seed(1);
        using var net = nn.Sequential(
            ("conv", nn.Conv2d(1, 4, 3, padding: 1)),
            ("norm", nn.BatchNorm2d(4)),
            ("relu", nn.ReLU()),
            ("pool", nn.MaxPool2d(2)),
            ("average", nn.AdaptiveAvgPool2d(2)),
            ("flat", nn.Flatten()),
            ("drop", nn.Dropout(0.1)),
            ("out", nn.Linear(16, 2)));
        using var labels = arange(16).remainder(2);
        using var images = randn(16, 1, 8, 8).add_(labels.view(16, 1, 1, 1).to(float32) * 2);
        using var adam = optim.Adam(net.parameters(), 0.01);

        float loss = float.NaN;
        for (int step = 0; step < 60; step++)
        {
            using var scope = NewDisposeScope();
            adam.zero_grad();
            var value = nn.functional.cross_entropy(net.call(images), labels);
            value.backward();
            adam.step();
            loss = value.item<float>();
        }

        Assert.InRange(loss, 0, 0.1f);
    }
}
