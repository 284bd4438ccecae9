using GpuSer.Training.Inference;

namespace GpuSer.Training.Tests.Inference;

public class PredictOptionsTests
{
    [Theory]
    [InlineData(5 * 22050, new[] { 0, 1, 2 })]
    [InlineData(3 * 22050, new[] { 0 })]
    public void Windows_lie_a_hop_apart(int samples, int[] starts)
    {
        (int Start, int End)[] windows = [.. new PredictOptions().Windows(samples)];

        Assert.Equal(starts.Select(s => (s * 22050, (s + 3) * 22050)), windows);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(22049)]
    [InlineData(100_003)]
    [InlineData(5 * 22050 + 1)]
    public void Windows_reach_from_the_first_sample_to_the_last(int samples)
    {
        (int Start, int End)[] windows = [.. new PredictOptions { HopSeconds = 0.7 }.Windows(samples)];

        Assert.Equal((0, samples), (windows[0].Start, windows[^1].End));
        Assert.All(windows, window => Assert.Equal(windows[0].End, window.End - window.Start));
        Assert.All(windows.Zip(windows.Skip(1)), pair => Assert.True(pair.Second.Start > pair.First.Start && pair.Second.Start <= pair.First.End));
    }

    [Fact]
    public void All_errors_are_told_together()
    {
        Assert.Equal(3, new PredictOptions { WindowSeconds = 0, HopSeconds = double.NaN, WholeSeconds = -1 }.Errors().Count);
        Assert.Empty(new PredictOptions().Errors());
    }
}
