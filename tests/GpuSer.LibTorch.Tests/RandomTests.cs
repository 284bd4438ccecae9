using TorchSharp;
using static TorchSharp.torch;

namespace GpuSer.LibTorch.Tests;

public sealed class RandomTests : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose() => _scope.Dispose();

    [Fact]
    public void One_seed_gives_one_sequence()
    {
        double[] Draw(long seed)
        {
            manual_seed(seed);
            return [.. Values.Of(randn(5)), .. Values.Of(rand(3)), .. Values.Of(randperm(6)), .. Values.Of(nn.functional.dropout(ones(20)))];
        }

        double[] first = Draw(5);
        Assert.Equal(first, Draw(5));
        Assert.NotEqual(first, Draw(6));
        Assert.Equal(6, random.initial_seed());
    }

    [Fact]
    public void A_generator_is_a_sequence_of_its_own()
    {
        manual_seed(1);
        double[] expected = Values.Of(randn(4));

        using Generator a = new(9), b = new(9);
        manual_seed(1);
        double[] first = Values.Of(rand([4], generator: a));
        Assert.Equal(expected, Values.Of(randn(4)));
        Assert.Equal(first, Values.Of(rand([4], generator: b)));
        a.manual_seed(9);
        Assert.Equal(first, Values.Of(rand([4], generator: a)));
        Assert.Equal(Values.Of(randperm(10, generator: a)), Values.Of(randperm(10, generator: b)));
    }

    [Fact]
    public void A_state_can_be_taken_up_again()
    {
        manual_seed(4);
        _ = rand(7);
        var state = get_rng_state();
        double[] expected = Values.Of(randn(6));
        _ = randn(100);
        set_rng_state(state);
        Assert.Equal(expected, Values.Of(randn(6)));

        using var generator = new Generator(2);
        var own = generator.get_state();
        double[] drawn = Values.Of(rand([3], generator: generator));
        generator.set_state(own);
        Assert.Equal(drawn, Values.Of(rand([3], generator: generator)));
    }

    [Fact]
    public void Draws_have_the_distribution_asked_for()
    {
        manual_seed(0);
        var normal = empty(20000).normal_(2, 3);
        Assert.Equal(2, normal.mean().ToDouble(), 0.1);
        Assert.Equal(3, normal.std().ToDouble(), 0.1);
        var uniform = empty(20000).uniform_(-1, 3);
        Assert.Equal(1, uniform.mean().ToDouble(), 0.05);
        Assert.InRange(uniform.min().ToDouble(), -1, -0.99);
        Assert.Equal(Enumerable.Range(0, 50).Select(i => (double)i), Values.Of(randperm(50)).Order());
        Assert.Equal([0.0, 1, 2], Values.Of(randint(0, 3, [500])).Distinct().Order());
        Assert.Equal(0.3, empty(20000).bernoulli_(0.3).mean().ToDouble(), 0.02);
    }

    [Fact]
    public void Threads_are_torchs_to_set()
    {
        int before = get_num_threads();
        set_num_threads(1);
        Assert.Equal(1, get_num_threads());
        set_num_threads(before);
        Assert.Matches(@"^\d+\.\d+", __version__);
    }
}
