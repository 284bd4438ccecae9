using GpuSer.Training.Models;

namespace GpuSer.Training.Tests;

public class TrainOptionsTests
{
    [Fact]
    public void Defaults_are_the_papers()
    {
        TrainOptions options = new();

        Assert.Empty(options.Errors());
        Assert.Equal((40, 16, 0.4), (options.Epochs, options.Batch, options.CutMixAlpha));
        Assert.Equal((1e-4, 1e-5), (options.Rate(), (options with { Weights = "w" }).Rate()));
    }

    [Fact]
    public void All_errors_are_told_together()
    {
        TrainOptions options = new()
        {
            Epochs = 0,
            Batch = 0,
            LearningRate = -1,
            CutMixAlpha = double.NaN,
            Limit = 1,
            MaxSeconds = 0,
            Threads = -1,
            Network = new VggOptions { WidthDivisor = 3, Dropout = 1, Hidden = 0, Classes = 1 },
        };

        Assert.Equal(11, options.Errors().Count);
        Assert.Contains("; ", Assert.Throws<InvalidOptionsException>(() => new Vgg(options.Network)).Message, StringComparison.Ordinal);
    }
}
