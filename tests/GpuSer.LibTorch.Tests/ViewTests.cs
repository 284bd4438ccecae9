using TorchSharp;
using static TorchSharp.torch;

namespace GpuSer.LibTorch.Tests;

public sealed class ViewTests : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();
    private readonly Tensor _t = arange(24, float32).reshape(2, 3, 4);

    public void Dispose() => _scope.Dispose();

    [Fact]
    public void Views_share_the_memory_of_their_base()
    {
        Tensor[] views = [_t.view(24), _t.view(4, -1), _t.permute(2, 0, 1), _t.transpose(0, 1), _t.unsqueeze(1), _t.narrow(2, 0, 2), _t[0], _t.flatten()];
        Assert.All(views, view => Assert.Equal(_t.storage<float>().data_ptr(), view.storage<float>().data_ptr()));

        _t[0, 1].fill_(-1);
        Values.Equal([-1, -1, -1, -1], views[0][4..8]);
    }

    [Fact]
    public void Shapes_and_strides_are_torchs()
    {
        Assert.Equal([2L, 3L, 4L], _t.shape);
        Assert.Equal([12L, 4L, 1L], _t.stride());
        Assert.Equal([4L, 2L, 3L], _t.permute(2, 0, 1).shape);
        Assert.Equal([1L, 12L, 4L], _t.permute(2, 0, 1).stride());
        Assert.Equal(4, _t.size(-1));
        Assert.Equal(24, _t.numel());
        Assert.Equal(3, _t.ndim);
        Assert.Equal([2L, 1L, 3L, 4L], _t.unsqueeze(1).shape);
        Assert.Equal([2L, 3L, 4L], _t.unsqueeze(1).squeeze(1).shape);
        Assert.Equal([3L], ones(1, 3, 1).squeeze().shape);
        Assert.False(_t.transpose(0, 2).is_contiguous());
        Assert.True(_t.transpose(0, 2).contiguous().is_contiguous());
    }

    [Fact]
    public void Expanding_repeats_without_memory()
    {
        var image = arange(6, float32).reshape(1, 1, 2, 3);
        var channels = image.expand(1, 3, 2, 3);
        Assert.Equal([1L, 3L, 2L, 3L], channels.shape);
        Assert.Equal(0, channels.stride(1));
        Assert.Equal(image.storage<float>().data_ptr(), channels.storage<float>().data_ptr());
        image.add_(10);
        Values.Equal([10, 11, 12, 13, 14, 15], channels[0, 2]);
    }

    [Fact]
    public void A_views_offset_is_counted_in_elements()
    {
        var view = _t[1, 2];
        Assert.Equal(20, view.storage_offset());
        Assert.Equal(4, view.element_size());
        Assert.Equal(96u, view.storage<float>().nbytes());
    }

    [Fact]
    public void Slices_follow_pythons_rules()
    {
        Values.Equal([20, 21, 22, 23], _t[1, 2]);
        Values.Equal([23], _t[-1, -1, -1]);
        Values.Equal([1, 5, 9, 13, 17, 21], _t[TensorIndex.Ellipsis, 1]);
        Values.Equal([1, 2, 13, 14], _t[.., 0, 1..3]);
        Values.Equal([2, 3], _t[0, 0, ^2..]);
        Values.Equal([4, 6], _t[0, 1, TensorIndex.Slice(step: 2)]);
        Values.Equal([11], _t[0, ^1, ^1]);
        Assert.Equal([2L, 1L, 3L, 4L], _t[TensorIndex.Colon, TensorIndex.None].shape);
    }

    [Fact]
    public void Tensors_as_indices_gather()
    {
        var rows = tensor(new long[] { 1, 0, 1 });
        Values.Equal([12, 0, 12], _t[rows][.., 0, 0]);
        Values.Equal([13, 1, 13], _t[TensorIndex.Tensor(rows), 0, 1]);
        Values.Equal([14, 15, 2, 3, 14, 15], _t[TensorIndex.Tensor(rows), 0, 2..]);
        Values.Equal([3, 7, 11], _t[0].index_select(1, tensor(new long[] { 3 })));
        Values.Equal([22, 23], _t[_t > 21]);
        Values.Equal([2, 3, 1], tensor(new float[,] { { 1, 2 }, { 3, 4 }, { 1, 0 } }).gather(1, tensor(new long[,] { { 1 }, { 0 }, { 0 } })));
    }

    [Fact]
    public void Assigning_to_an_index_writes_through()
    {
        _t[0, 1] = tensor(-1f);
        _t[1, .., 2..] = zeros(3, 2);
        _t[tensor(new long[] { 0 })] = _t[0] + 100;
        Values.Equal([100, 101, 102, 103, 99, 99, 99, 99, 108, 109, 110, 111, 12, 13, 0, 0, 16, 17, 0, 0, 20, 21, 0, 0], _t);
    }

    [Fact]
    public void Splitting_gives_views_of_the_parts()
    {
        var parts = _t.split(2, dim: 2);
        Assert.Equal(2, parts.Length);
        Values.Equal([2, 3, 6, 7, 10, 11, 14, 15, 18, 19, 22, 23], parts[1]);
        Assert.Equal([1L, 2L], _t.split([1L, 2L], 1).Select(part => part.shape[1]));
        Assert.Equal(3, _t.unbind(1).Length);
        Assert.Equal([2L, 2L], _t.chunk(2, 2).Select(part => part.size(2)));
    }

    [Fact]
    public void Flipping_rolling_and_repeating_copy()
    {
        var t = arange(4, float32);
        Values.Equal([3, 2, 1, 0], t.flip(0));
        Values.Equal([2, 3, 0, 1], t.roll(2));
        Values.Equal([0, 1, 2, 3, 0, 1, 2, 3], t.repeat(2));
        Values.Equal([0, 9, 9, 3], t.masked_fill((t > 0) & (t < 3), 9));
    }
}
