using TorchSharp;
using static TorchSharp.torch;

namespace GpuSer.Training.Tests;

public class TensorMemoryTests
{
    [Fact]
    public void Writing_the_memory_changes_the_tensor_and_its_views()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor whole = zeros(4, 6);
        Tensor row = whole.narrow(0, 2, 1);

        TensorMemory.Floats(row)[5] = 7;
        TensorMemory.Floats(whole)[0] = -1;

        Assert.Equal(7, TensorMemory.Floats(whole)[17]);
        Assert.Equal(6, whole.sum().item<float>());
        Assert.Equal(TensorMemory.Address(whole) + (12 * sizeof(float)), TensorMemory.Address(row));
    }

    [Fact]
    public void Three_channels_are_one_buffer()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor images = zeros(2, 32, 230);
        Tensor channels = ImageBatch.OnChannels(images);

        TensorMemory.Floats(images)[230 + 3] = 9;

        Assert.Equal([2L, 3, 32, 230], channels.shape);
        Assert.All(Enumerable.Range(0, 3), c => Assert.Equal(9, TensorMemory.Floats(channels.contiguous())[(c * 32 * 230) + 233]));
        Assert.Equal(0, channels.stride(1));
    }

    [Fact]
    public void What_has_no_plain_memory_of_the_kind_is_refused()
    {
        using DisposeScope scope = NewDisposeScope();

        Assert.Throws<ArgumentException>(() => TensorMemory.Floats(zeros(4, 6).narrow(1, 0, 3)));
        Assert.Throws<ArgumentException>(() => TensorMemory.Floats(zeros(3, ScalarType.Int64)));
        Assert.Throws<ArgumentException>(() => TensorMemory.Longs(zeros(3)));
    }
}
