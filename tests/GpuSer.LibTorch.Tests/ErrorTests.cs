using System.Runtime.InteropServices;
using TorchSharp;
using TorchSharp.Interop;
using static TorchSharp.torch;

namespace GpuSer.LibTorch.Tests;

public sealed class ErrorTests : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose() => _scope.Dispose();

    [Fact]
    public void Torchs_own_words_arrive()
    {
        Assert.Contains("must match the size of tensor b (3)", Error(() => ones(2) + ones(3)), StringComparison.Ordinal);
        Assert.Contains("mat1 and mat2 shapes cannot be multiplied (2x3 and 2x3)", Error(() => ones(2, 3).mm(ones(2, 3))), StringComparison.Ordinal);
        Assert.Contains("shape '[4, 2]' is invalid for input of size 6", Error(() => ones(6).view(4, 2)), StringComparison.Ordinal);
        Assert.Contains("out of range", Error(() => ones(2).sum(3)), StringComparison.Ordinal);
        Assert.Contains("index 5 out of range", Error(() => ones(2)[5L]), StringComparison.OrdinalIgnoreCase);
        Assert.Contains("does not require grad", Error(() => ones(1).sum().backward()), StringComparison.Ordinal);
        Assert.Contains("Target 9 is out of bounds", Error(() => nn.functional.cross_entropy(ones(1, 3), tensor(new long[] { 9 }))), StringComparison.Ordinal);
        Assert.Contains("expected input[1, 2, 4, 4] to have 3 channels", Error(() => nn.Conv2d(3, 1, 3).call(ones(1, 2, 4, 4))), StringComparison.Ordinal);
    }

    [Fact]
    public void A_second_backward_through_a_freed_graph_is_an_error_that_says_so()
    {
        var x = ones(3, requires_grad: true);
        var y = x.exp().sum();
        y.backward();
        Assert.Contains("backward through the graph a second time", Error(y.backward), StringComparison.Ordinal);
    }

    [Fact]
    public void A_parameter_cannot_be_changed_while_its_history_is_recorded()
    {
        var x = ones(3, requires_grad: true);
        Assert.Contains("leaf Variable", Error(() => x.add_(1)), StringComparison.Ordinal);
    }

    [Fact]
    public void Operators_that_do_not_exist_or_get_the_wrong_arguments_are_errors()
    {
        Assert.Contains("no_such_operator", Error(() => Aten.Call("no_such_operator", ones(1))), StringComparison.Ordinal);
        Assert.Contains("NoOverload", Error(() => Aten.Call("add.NoOverload", ones(1))), StringComparison.Ordinal);
        Assert.Contains("needs a value for 'other'", Error(() => Aten.Call("add.Tensor", ones(1))), StringComparison.Ordinal);
        Assert.Contains("takes 1 arguments, not 2", Error(() => Aten.Call("relu", ones(1), 2L)), StringComparison.Ordinal);
        Assert.NotEmpty(Error(() => Aten.Call("relu", 2L)));
        Assert.NotEmpty(Error(() => Aten.Call("transpose.int", ones(1, 2), 0.5, 1L)));
        Assert.NotEmpty(Error(() => Aten.Call("view", ones(4), ones(1))));
    }

    [Fact]
    public void A_missing_shim_or_a_missing_libtorch_is_told_with_the_way_out()
    {
        string folder = Directory.CreateTempSubdirectory("gpuser-").FullName;
        try
        {
            string missing = Assert.Throws<DllNotFoundException>(() => Native.Load([folder])).Message;
            Assert.Contains(folder, missing, StringComparison.Ordinal);
            Assert.Contains("GpuSer.LibTorch", missing, StringComparison.Ordinal);

            // What the loader makes of it does not matter: the file is there and what it stands on is not.
            File.WriteAllText(Path.Combine(folder, "libgpuser_torch.so"), "no library");
            string unloadable = Assert.Throws<DllNotFoundException>(() => Native.Load([folder])).Message;
            Assert.Contains("apt-get install libtorch-dev", unloadable, StringComparison.Ordinal);
            Assert.Contains(folder, unloadable, StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void An_error_leaves_the_next_call_and_the_count_of_handles_alone()
    {
        long before = Native.LiveHandles();
        var a = ones(2);
        for (int i = 0; i < 100; i++) Error(() => Aten.List("split.Tensor", a, -1L, 0L));
        Values.Equal([2, 2], a + a);
        _scope.Dispose();
        Assert.True(Native.LiveHandles() <= before);
    }

    [Fact]
    public void A_disposed_tensor_says_so()
    {
        var t = ones(2);
        var accessor = t.data<float>();
        t.Dispose();
        t.Dispose();
        Assert.True(t.IsInvalid);
        Assert.Throws<InvalidOperationException>(() => t + 1);
        Assert.Throws<InvalidOperationException>(() => ones(2).add_(t));
        Assert.Throws<InvalidOperationException>(() => cat([ones(2), t]));
        Assert.Throws<InvalidOperationException>(() => t.shape);
        Assert.Throws<InvalidOperationException>(() => t.grad);
        Assert.Throws<InvalidOperationException>(() => t.backward());
        Assert.Throws<InvalidOperationException>(() => accessor[0]);
        Assert.Equal("[disposed]", t.ToString());
    }

    [Fact]
    public void Item_is_for_tensors_of_one_element_of_that_type()
    {
        Assert.Throws<ArgumentException>(() => ones(2).item<float>());
        Assert.Throws<ArgumentException>(() => ones(1).item<double>());
        Assert.NotEmpty(Error(() => ones(2).ToScalar()));
    }

    [Fact]
    public void Devices_that_are_not_there_are_refused()
    {
        Assert.Throws<ArgumentException>(() => device("toaster"));
        Assert.Throws<ArgumentException>(() => device("cuda:x"));
        if (cuda.is_available()) return;
        Assert.Throws<InvalidOperationException>(() => ones(1).to("cuda"));
        Assert.Throws<InvalidOperationException>(() => ones(1).cuda());
        Assert.Equal(0, cuda.device_count());
    }

    private static string Error(Action call) => Assert.Throws<ExternalException>(call).Message;

    private static string Error(Func<object> call) => Assert.Throws<ExternalException>(() => { _ = call(); }).Message;
}
