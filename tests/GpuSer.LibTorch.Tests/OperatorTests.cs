using TorchSharp;
using static TorchSharp.torch;

namespace GpuSer.LibTorch.Tests;

public sealed class OperatorTests : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();
    private readonly Tensor _a = tensor(new float[] { 1, -2, 3, 4 });
    private readonly Tensor _b = tensor(new float[] { 2, 4, -8, 16 });

    public void Dispose() => _scope.Dispose();

    [Fact]
    public void Arithmetic_between_tensors()
    {
        Values.Equal([3, 2, -5, 20], _a + _b);
        Values.Equal([-1, -6, 11, -12], _a - _b);
        Values.Equal([2, -8, -24, 64], _a * _b);
        Values.Equal([0.5, -0.5, -0.375, 0.25], _a / _b);
        Values.Equal([1, 2, -5, 4], _a % _b);
        Values.Equal([-1, 2, -3, -4], -_a);
        Values.Equal([2, 0, -1, 12], _a.add(_b, 0.5));
        Values.Equal([1, 0, 3, 3], tensor(new[] { 3f, 1, 7, 15 }).div(tensor(new[] { 2f, 4, 2, 4 }), RoundingMode.floor));
        Values.Equal([2, 4, 3, 16], _a.maximum(_b));
    }

    [Fact]
    public void Arithmetic_with_numbers_on_either_side()
    {
        Values.Equal([2, -1, 4, 5], _a + 1);
        Values.Equal([2, -1, 4, 5], 1L + _a);
        Values.Equal([0.5, 3.5, -1.5, -2.5], 1.5f - _a);
        Values.Equal([1, 0, 1, 2], _a.abs() % 2.0 + (_a == 4).to(float32) * 2);
        Values.Equal([2, 1, -0.5, 0.25], 4.0 / _b, 1e-7);
        Values.Equal([1, 4, 9, 16], _a.pow(2));
        Values.Equal([0.5, -1, 1.5, 2], _a / 2);
    }

    [Fact]
    public void Numbers_keep_the_tensors_type()
    {
        Assert.Equal(float32, (_a + 1).dtype);
        Assert.Equal(float32, (_a * 0.5).dtype);
        Assert.Equal(int64, (tensor(new long[] { 1, 2 }) + 1).dtype);
        Assert.Equal(float32, (tensor(new long[] { 1, 2 }) * 0.5).dtype);
    }

    [Fact]
    public void In_place_operators_change_and_return_the_tensor()
    {
        Assert.Same(_a, _a.add_(_b, 2));
        Values.Equal([5, 6, -13, 36], _a);
        Values.Equal([-3, -2, -21, 28], _a.sub_(8));
        Values.Equal([1.5, 1, 10.5, -14], _a.mul_(-0.5));
        Values.Equal([2.5, 5, 12.5, -13], _a.addcmul_(ones(4), tensor(new float[] { 2, 8, 4, 2 }), 0.5));
        Values.Equal([2, 3, 12, -13.25], _a.addcdiv_(ones(4), tensor(new float[] { -2, -0.5f, -2, -4 })));
        Values.Equal([7, 7, 7, 7], _a.fill_(7));
        Values.Equal([2, 4, -8, 16], _a.copy_(_b));
        Values.Equal([0, 0, 0, 0], _a.zero_());
    }

    [Fact]
    public void Pointwise_functions()
    {
        double[] x = [0.25, 1, 2.25, 4];
        var t = tensor(x);
        Values.Equal([.. x.Select(Math.Sqrt)], t.sqrt());
        Values.Equal([.. x.Select(Math.Exp)], t.exp(), 1e-12);
        Values.Equal([.. x.Select(v => Math.Log(v))], t.log(), 1e-12);
        Values.Equal([.. x.Select(v => 1 / (1 + Math.Exp(-v)))], t.sigmoid(), 1e-12);
        Values.Equal([1, 0, 3, 4], _a.relu());
        Values.Equal([1, 2, 3, 4], _a.abs());
        Values.Equal([1, -1, 3, 3], _a.clamp(-1, 3));
        Values.Equal([1, -1, 3, 4], _a.clamp(min: -1));
    }

    [Fact]
    public void Comparisons_give_truth_values()
    {
        Assert.Equal(ScalarType.Bool, (_a < _b).dtype);
        Values.Equal([1, 1, 0, 1], _a < _b);
        Values.Equal([0, 0, 1, 1], _a >= 3);
        Values.Equal([0, 1, 0, 0], _a.eq(-2));
        Values.Equal([0, 1, 0, 0], _a == -2);
        Values.Equal([1, 1, 0, 1], 0 < _b);
        Values.Equal([0, 0, 1, 0], ~(_a < _b));
        Values.Equal([1, -2, -8, 4], where(_a < _b, _a, _b));
        Assert.True(_a.allclose(_a + 1e-7));
        Assert.False(_a.allclose(_b));
        Assert.True(_a.Equals(_a.clone()));
    }

    [Fact]
    public void Reductions()
    {
        var m = tensor(new float[,] { { 1, 5, 3 }, { 4, 2, 9 } });
        Values.Equal([24], m.sum());
        Values.Equal([9, 15], m.sum(1));
        Values.Equal([5, 7, 12], m.sum(0, keepdim: true));
        Values.Equal([24], m.sum([0, 1]));
        Values.Equal([4], m.mean());
        Values.Equal([3, 5], m.mean([1L]));
        Values.Equal([Math.Sqrt(136)], m.norm(), 1e-5);
        Values.Equal([9], m.norm(float.PositiveInfinity));
        Values.Equal([9], m.max());
        Values.Equal([1], m.min());
        Values.Equal([1, 2], m.argmax(1));
        Assert.Equal(5, m.argmax().item<long>());
        var (values, indexes) = m.max(0);
        Values.Equal([4, 5, 9], values);
        Values.Equal([1, 0, 1], indexes);
        Values.Equal([8], m.var(), 1e-6);
        Values.Equal([8 / 3.0, 26 / 3.0], m.var(1, unbiased: false), 1e-6);
        Values.Equal([1, 1, 0, 2], tensor(new long[] { 3, 0, 1, 3 }).bincount(null));
        Assert.Equal([2L, 1L], m.sum(1, keepdim: true).shape);
    }

    [Fact]
    public void Softmax_adds_up_to_one_and_survives_large_values()
    {
        double e = Math.E;
        var logits = tensor(new double[,] { { 1000, 1001 }, { -5, -5 } });
        Values.Equal([1 / (1 + e), e / (1 + e), 0.5, 0.5], logits.softmax(1), 1e-12);
        Values.Equal([-Math.Log(1 + e), 1 - Math.Log(1 + e), -Math.Log(2), -Math.Log(2)], logits.log_softmax(1), 1e-12);
        Assert.Equal(float32, logits.softmax(1, float32).dtype);
    }

    [Fact]
    public void Joining_and_multiplying()
    {
        var m = arange(6, float32).reshape(2, 3);
        Assert.Equal([2L, 2L, 3L], stack([m, m], 0).shape);
        Values.Equal([0, 1, 2, 0, 1, 2, 3, 4, 5, 3, 4, 5], cat([m, m], 1));
        Values.Equal([5, 14, 14, 50], m.matmul(m.t()));
        Values.Equal([0, 1, 2, 3, 4], arange(5));
        Values.Equal([2, 4, 6], arange(2, 7, 2));
        Values.Equal([1, 0, 0, 1], eye(2));
        Values.Equal([0, 0.25, 0.5, 0.75, 1], linspace(0, 1, 5));
    }
}
