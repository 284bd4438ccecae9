using GpuSer.Training.Optimisation;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace GpuSer.Training.Tests.Optimisation;

public class FusedAdamTests
{
    private const int Steps = 20;

    // Shapes round the vector widths and the size of a piece of work.
    private static readonly long[][] Shapes = [[1], [7], [8], [15], [16, 1], [17], [3, 31], [64, 27], [512, 513], [(1 << 18) + 3]];

    [Theory]
    [InlineData(1e-5, 1)]
    [InlineData(1e-2, 2)]
    public void Twenty_steps_stay_with_torchs_own_Adam(double rate, int threads)
    {
        using DisposeScope scope = NewDisposeScope();
        Parameter[] ours = Made(1), theirs = Made(1);
        using FusedAdam fused = new(Named(ours), new AdamOptions { LearningRate = rate }, threads);
        using Adam adam = optim.Adam(theirs, rate);

        for (int step = 0; step < Steps; step++)
        {
            Differentiate(ours, step);
            Differentiate(theirs, step);
            fused.Step();
            adam.step();
            adam.zero_grad();
        }

        for (int i = 0; i < ours.Length; i++)
        {
            using Tensor difference = (ours[i] - theirs[i]).norm(), norm = theirs[i].norm();
            float relative = difference.item<float>() / norm.item<float>();
            Assert.True(relative <= 1e-6, $"({string.Join(", ", Shapes[i])}): {relative:e2}");
        }
    }

    [Fact]
    public void The_first_step_moves_each_element_by_the_rate_against_its_gradient()
    {
        using DisposeScope scope = NewDisposeScope();
        Parameter parameter = new(tensor(new float[] { 1, 1, 1, 1, 1 }));
        using FusedAdam fused = new([("p", parameter)], new AdamOptions { LearningRate = 0.5 });
        (parameter * tensor(new float[] { 3, -2, 0.001f, -1000, 0 })).sum().backward();

        fused.Step();

        // m / (1 - b1) = g and v / (1 - b2) = g^2, so the step is rate * g / |g|; where there is no gradient, nothing moves.
        float[] moved = TensorMemory.Floats(parameter).ToArray();
        float[] expected = [0.5f, 1.5f, 0.5f, 1.5f, 1];
        Assert.All(moved.Zip(expected), pair => Assert.Equal(pair.Second, pair.First, 1e-4f));
    }

    [Fact]
    public void A_step_lets_the_gradients_go()
    {
        using DisposeScope scope = NewDisposeScope();
        Parameter[] parameters = Made(2);
        using FusedAdam fused = new(Named(parameters), new AdamOptions());
        Differentiate(parameters, 0);

        fused.Step();

        Assert.All(parameters, parameter => Assert.Null(TensorMemory.Gradient(parameter)));
    }

    [Fact]
    public void The_number_of_threads_changes_no_bit()
    {
        using DisposeScope scope = NewDisposeScope();
        Parameter[] one = Made(3), four = Made(3);
        using FusedAdam single = new(Named(one), new AdamOptions(), 1), many = new(Named(four), new AdamOptions(), 4);
        for (int step = 0; step < 3; step++)
        {
            Differentiate(one, step);
            Differentiate(four, step);
            single.Step();
            many.Step();
        }

        Assert.All(one.Zip(four), pair => Assert.Equal(TensorMemory.Floats(pair.First).ToArray(), TensorMemory.Floats(pair.Second).ToArray()));
    }

    [Fact]
    public void Neighbours_in_memory_are_left_alone()
    {
        const int Guard = 64;
        using DisposeScope scope = NewDisposeScope();
        for (int count = 1; count < 40; count++)
        {
            Tensor memory = full(count + (2 * Guard), 42f);
            Parameter inside = new(memory.narrow(0, Guard, count));
            using FusedAdam fused = new([("inside", inside)], new AdamOptions());
            (inside * 2).sum().backward();

            fused.Step();

            float[] after = TensorMemory.Floats(memory).ToArray();
            Assert.All(after[..Guard].Concat(after[^Guard..]), value => Assert.Equal(42f, value));
            Assert.All(after[Guard..^Guard], value => Assert.NotEqual(42f, value));
        }
    }

    [Fact]
    public void A_copy_of_the_state_goes_on_bit_for_bit()
    {
        using DisposeScope scope = NewDisposeScope();
        Parameter[] first = Made(4), second = Made(4);
        using FusedAdam original = new(Named(first), new AdamOptions()), copy = new(Named(second), new AdamOptions());
        Differentiate(first, 0);
        original.Step();
        copy.Steps = original.Steps;
        foreach ((Tensor from, Tensor to) in original.State().Zip(copy.State(), (a, b) => (a.Tensor, b.Tensor)))
        {
            TensorMemory.Floats(from).CopyTo(TensorMemory.Floats(to));
        }

        for (int i = 0; i < first.Length; i++)
        {
            TensorMemory.Floats(first[i]).CopyTo(TensorMemory.Floats(second[i]));
        }

        Differentiate(first, 1);
        Differentiate(second, 1);
        original.Step();
        copy.Step();

        Assert.All(first.Zip(second), pair => Assert.Equal(TensorMemory.Floats(pair.First).ToArray(), TensorMemory.Floats(pair.Second).ToArray()));
        Assert.Equal(["exp_avg.p0", "exp_avg_sq.p0"], original.State().Take(2).Select(entry => entry.Name));
    }

    [Fact]
    public void A_parameter_without_a_gradient_stays()
    {
        using DisposeScope scope = NewDisposeScope();
        Parameter parameter = new(ones(5));
        using FusedAdam fused = new([("p", parameter)], new AdamOptions());

        fused.Step();

        Assert.All(TensorMemory.Floats(parameter).ToArray(), value => Assert.Equal(1, value));
    }

    [Fact]
    public void Impossible_options_and_tensors_are_refused()
    {
        AdamOptions bad = new() { LearningRate = 0, Beta1 = 1, Beta2 = -1, Epsilon = 0 };

        Assert.Equal(5, Assert.Throws<InvalidOptionsException>(() => new FusedAdam([], bad, -1)).Errors.Count);
        using DisposeScope scope = NewDisposeScope();
        Parameter doubles = new(ones(3, ScalarType.Float64));
        Assert.Throws<ArgumentException>(() => new FusedAdam([("p", doubles)], new AdamOptions()));
    }

    private static Parameter[] Made(long seed)
    {
        _ = manual_seed(seed);
        return [.. Shapes.Select(shape => new Parameter(randn(shape)))];
    }

    private static IEnumerable<(string, Parameter)> Named(Parameter[] parameters) => parameters.Select((parameter, i) => ($"p{i}", parameter));

    /// <summary>Gradients of sizes from 1e-6 to 1e3, the same for the same step.</summary>
    private static void Differentiate(Parameter[] parameters, int step)
    {
        _ = manual_seed(100 + step);
        for (int i = 0; i < parameters.Length; i++)
        {
            using DisposeScope scope = NewDisposeScope();
            Tensor weights = randn(Shapes[i]) * Math.Pow(10, i - 6);
            (parameters[i] * weights).sum().backward();
        }
    }
}
