using TorchSharp.Modules;
using static TorchSharp.torch;

namespace GpuSer.LibTorch.Tests;

public sealed class AdamTests
{
    private static readonly double[] Start = [1, -2, 0.5];

    [Theory]
    [InlineData(0, false, false)]
    [InlineData(0.1, false, false)]
    [InlineData(0, true, false)]
    [InlineData(0.1, true, true)]
    public void Steps_follow_the_published_formula(double weightDecay, bool amsgrad, bool maximize)
    {
        const double Rate = 0.05, Beta1 = 0.8, Beta2 = 0.9, Epsilon = 1e-6;
        using var parameter = new Parameter(tensor(Start));
        using var adam = optim.Adam([parameter], Rate, Beta1, Beta2, Epsilon, weightDecay, amsgrad, maximize);

        double[] w = [.. Start];
        double[] m = new double[3], v = new double[3], largest = new double[3];
        for (int t = 1; t <= 6; t++)
        {
            // Gradients that shrink, so that amsgrad's maximum and the running mean part.
            double[] gradients = [3.0 / t, -1.0 / (t * t), 0.25 * t];
            using (var gradient = tensor(gradients)) parameter.grad = gradient;
            adam.step();

            for (int i = 0; i < 3; i++)
            {
                double g = (maximize ? -gradients[i] : gradients[i]) + weightDecay * w[i];
                m[i] = Beta1 * m[i] + (1 - Beta1) * g;
                v[i] = Beta2 * v[i] + (1 - Beta2) * g * g;
                largest[i] = Math.Max(largest[i], v[i]);
                double second = (amsgrad ? largest[i] : v[i]) / (1 - Math.Pow(Beta2, t));
                w[i] -= Rate * m[i] / (1 - Math.Pow(Beta1, t)) / (Math.Sqrt(second) + Epsilon);
            }

            Values.Equal(w, parameter, 1e-14);
        }
    }

    [Fact]
    public void The_first_step_is_the_rate_in_the_gradients_direction()
    {
        using var parameter = new Parameter(tensor(Start));
        using var adam = optim.Adam([parameter], 0.01, eps: 0);
        using (var gradient = tensor(new[] { 1e-3, -50, 7 })) parameter.grad = gradient;
        adam.step();
        Values.Equal([0.99, -1.99, 0.49], parameter, 1e-15);
    }

    [Fact]
    public void Parameters_without_a_gradient_stay_and_zero_grad_clears()
    {
        using Parameter moved = new(tensor(Start)), still = new(tensor(Start));
        using var adam = optim.Adam([moved, still]);
        using (var gradient = ones(3, float64)) moved.grad = gradient;
        adam.step();
        Values.Equal(Start, still);
        Assert.NotEqual(Start, Values.Of(moved));

        adam.zero_grad();
        Assert.Null(moved.grad);
        Assert.Equal(2, adam.parameters().Count());
    }

    [Fact]
    public void Groups_have_rates_of_their_own_that_can_change()
    {
        using Parameter slow = new(tensor(Start)), fast = new(tensor(Start));
        using var adam = optim.Adam([new Adam.ParamGroup([slow], lr: 0.001), new Adam.ParamGroup { Parameters = [fast] }], lr: 0.1);
        Assert.Equal([0.001, 0.1], adam.ParamGroups.Select(group => group.LearningRate));
        foreach (var group in adam.ParamGroups) group.LearningRate *= 2;

        foreach (var parameter in new[] { slow, fast })
        {
            using var gradient = ones(3, float64);
            parameter.grad = gradient;
        }

        adam.step();
        Values.Equal([0.998, -2.002, 0.498], slow, 1e-9);
        Values.Equal([0.8, -2.2, 0.3], fast, 1e-7);
    }

    [Fact]
    public void A_closure_is_run_with_gradients_on()
    {
        using var parameter = new Parameter(tensor(Start));
        using var adam = optim.Adam([parameter], 0.1);
        using var loss = adam.step(() =>
        {
            var value = (parameter * parameter).sum();
            value.backward();
            return value;
        });
        Assert.Equal(5.25, loss!.item<double>());
        Values.Equal([0.9, -1.9, 0.4], parameter, 1e-8);
    }

    [Fact]
    public void Nonsense_is_refused()
    {
        using var parameter = new Parameter(tensor(Start));
        Assert.Throws<ArgumentOutOfRangeException>(() => optim.Adam([parameter], lr: -1));
        Assert.Throws<ArgumentOutOfRangeException>(() => optim.Adam([parameter], beta1: 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => optim.Adam([parameter], beta2: -0.1));
        Assert.Throws<ArgumentOutOfRangeException>(() => optim.Adam([parameter], weight_decay: -1));
    }
}
