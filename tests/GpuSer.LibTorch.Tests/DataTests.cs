using System.Runtime.CompilerServices;
using TorchSharp;
using static TorchSharp.torch;

namespace GpuSer.LibTorch.Tests;

public sealed class DataTests : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose() => _scope.Dispose();

    [Fact]
    public void Arrays_of_every_type_and_rank_arrive_as_they_are()
    {
        Assert.Equal(ScalarType.Byte, tensor(new byte[] { 1 }).dtype);
        Assert.Equal(ScalarType.Int32, tensor(new[] { 1 }).dtype);
        Assert.Equal(ScalarType.Int64, tensor(new[] { 1L }).dtype);
        Assert.Equal(ScalarType.Bool, tensor(new[] { true }).dtype);
        Assert.Equal(ScalarType.Float64, tensor(new[] { 1.0 }).dtype);
        Assert.Equal(ScalarType.Float32, tensor(new[] { 1.0 }, float32).dtype);
        Assert.Equal([2L, 1L, 3L], from_array(new int[,,] { { { 1, 2, 3 } }, { { 4, 5, 6 } } }).shape);
        Values.Equal([1, 2, 3, 4, 5, 6], from_array(new int[,,] { { { 1, 2, 3 } }, { { 4, 5, 6 } } }));
        Values.Equal([1, 2, 3, 4], tensor(new float[] { 1, 2, 3, 4 }, [2, 2]));
        Assert.Equal([2L, 2L], tensor(new float[] { 1, 2, 3, 4 }, [2, 2]).shape);
        Assert.Throws<ArgumentException>(() => tensor(new float[] { 1, 2, 3 }, [2, 2]));
    }

    [Fact]
    public void A_tensor_from_an_array_is_a_copy()
    {
        float[] array = [1, 2];
        var copy = tensor(array);
        array[0] = 9;
        Values.Equal([1, 2], copy);
    }

    [Fact]
    public void A_tensor_over_a_buffer_is_the_buffer()
    {
        float[] buffer = [0, 1, 2, 3];
        var over = frombuffer(buffer, float32, count: 2, offset: 1);
        buffer[1] = 9;
        over[1] = tensor(7f);
        Values.Equal([9, 7], over);
        Assert.Equal([0, 9, 7, 3], buffer);
        Assert.Throws<ArgumentException>(() => frombuffer(buffer, int32));
        Assert.Throws<ArgumentOutOfRangeException>(() => frombuffer(buffer, float32, count: 4, offset: 1));
    }

    [Fact]
    public void A_buffer_is_let_go_with_its_last_view()
    {
        var (buffer, view) = OverBuffer();
        GC.Collect();
        Assert.True(buffer.IsAlive, "a view still stands on the buffer");

        view.Dispose();
        GC.Collect();
        Assert.False(buffer.IsAlive);

        [MethodImpl(MethodImplOptions.NoInlining)]
        static (WeakReference Buffer, Tensor View) OverBuffer()
        {
            float[] array = new float[1000];
            using var whole = frombuffer(array, float32);
            return (new WeakReference(array), whole[10..20]);
        }
    }

    [Fact]
    public void Elements_are_read_and_written_in_logical_order_whatever_the_strides()
    {
        var t = arange(6, float32).reshape(2, 3).t();
        var data = t.data<float>();
        Assert.Equal([0, 3, 1, 4, 2, 5], data.ToArray());
        Assert.Equal([0, 3, 1, 4, 2, 5], [.. data]);
        Assert.Equal(6, data.Count);
        Assert.Equal(4f, data[1, 1]);
        Assert.Equal(4f, data[3]);
        data[2, 0] = 10;
        data.CopyFrom([-1, -2], tensorIndex: 1);
        Values.Equal([0, -1, -2, 4, 10, 5], t);
        Assert.Throws<ArgumentOutOfRangeException>(() => data[3, 0]);
        Assert.Throws<ArgumentException>(() => data[0, 0, 0]);
        Assert.Throws<ArgumentException>(() => t.data<double>());
    }

    [Fact]
    public void Bytes_are_the_memory_itself()
    {
        var t = zeros(2, int32);
        t.bytes[4] = 3;
        Values.Equal([0, 3], t);
        t.bytes = new byte[] { 1, 0, 0, 0, 0, 1, 0, 0 };
        Values.Equal([1, 256], t);
    }

    [Fact]
    public void Single_values_come_out_as_numbers()
    {
        Assert.Equal(3f, tensor(3f).item<float>());
        Assert.Equal(3L, tensor(3L).item<long>());
        Assert.Equal(2.5, tensor(2.5f).ToDouble());
        Assert.Equal(7, (int)tensor(7L));
        Assert.True(tensor(true).ToBoolean());
        Assert.Equal(ScalarType.Float64, tensor(2.5f).ToScalar().Type);
    }

    [Fact]
    public void Types_convert_and_nothing_is_copied_where_nothing_changes()
    {
        var t = tensor(new[] { 1.75f, -1.75f });
        Values.Equal([1, -1], t.to(int64));
        Values.Equal([1, -1], t.@long());
        var same = t.to(float32);
        Assert.Equal(t.storage<float>().data_ptr(), same.storage<float>().data_ptr());
        Assert.NotEqual(t.storage<float>().data_ptr(), t.to(float32, copy: true).storage<float>().data_ptr());
        Assert.Equal(DeviceType.CPU, t.to("cpu").device_type);
        Assert.Equal("[2], type = Float32, device = cpu", t.ToString());
    }
}
