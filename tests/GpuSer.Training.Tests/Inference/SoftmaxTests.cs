using GpuSer.Training.Inference;

namespace GpuSer.Training.Tests.Inference;

public class SoftmaxTests
{
    [Fact]
    public void Known_logits_give_known_probabilities_and_loss()
    {
        float[] logits = [0, MathF.Log(2), MathF.Log(5)];

        Assert.Equal([0.125, 0.25, 0.625], Softmax.Of(logits).Select(p => Math.Round(p, 6)));
        Assert.Equal(Math.Log(4), Softmax.CrossEntropy(logits, 1), 1e-6);
    }

    [Fact]
    public void Huge_logits_do_not_overflow()
    {
        Assert.Equal([1.0, 0.0], Softmax.Of([3e38f, -3e38f]));
        Assert.Equal([0.5, 0.5], Softmax.Of([-1e30f, -1e30f]).Select(p => Math.Round(p, 12)));
    }
}
