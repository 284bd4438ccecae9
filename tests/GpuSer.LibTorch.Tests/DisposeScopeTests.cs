using TorchSharp.Interop;
using static TorchSharp.torch;

namespace GpuSer.LibTorch.Tests;

public sealed class DisposeScopeTests
{
    [Fact]
    public void A_scope_disposes_of_what_was_created_in_it()
    {
        using var outside = ones(1);
        Tensor inside;
        using (NewDisposeScope())
        {
            inside = outside + 1;
            Assert.False(inside.IsInvalid);
        }

        Assert.True(inside.IsInvalid);
        Assert.False(outside.IsInvalid);
    }

    [Fact]
    public void Moved_tensors_live_as_long_as_the_outer_scope()
    {
        Tensor moved, detached, first, second;
        using (var outer = NewDisposeScope())
        {
            using (var inner = NewDisposeScope())
            {
                Assert.Same(inner, CurrentDisposeScope);
                moved = ones(1).MoveToOuterDisposeScope();
                detached = ones(1).DetachFromDisposeScope();
                (first, second) = inner.MoveToOuter(ones(2), ones(3));
                Assert.Equal(0, inner.DisposablesCount);
            }

            Assert.Same(outer, CurrentDisposeScope);
            Assert.Equal(3, outer.DisposablesCount);
            Assert.True(outer.Contains(first));
            Assert.False(moved.IsInvalid);
        }

        Assert.Null(CurrentDisposeScope);
        Assert.All([moved, first, second], tensor => Assert.True(tensor.IsInvalid));
        Assert.False(detached.IsInvalid);
        detached.Dispose();
    }

    [Fact]
    public void Moving_out_of_the_outermost_scope_detaches()
    {
        Tensor result = WrappedTensorDisposeScope(() => ones(2) + ones(2));
        Assert.False(result.IsInvalid);
        result.Dispose();
    }

    [Fact]
    public void What_is_disposed_by_hand_leaves_its_scope()
    {
        using var scope = NewDisposeScope();
        var tensor = ones(1);
        Assert.Equal(1, scope.DisposablesCount);
        tensor.Dispose();
        Assert.Equal(0, scope.DisposablesCount);
    }

    [Fact]
    public void Everything_but_the_kept_goes()
    {
        using var scope = NewDisposeScope();
        Tensor kept = ones(1), other = ones(1);
        Assert.Same(kept, scope.DisposeEverythingBut(kept));
        Assert.False(kept.IsInvalid);
        Assert.True(other.IsInvalid);
        scope.Attach(ones(4).DetachFromDisposeScope());
        Assert.Equal(2, scope.DisposablesCount);
    }

    [Fact]
    public void Parameters_and_buffers_follow_scopes_like_any_tensor()
    {
        using var kept = nn.Linear(2, 2);
        Tensor[] tensors;
        using (NewDisposeScope())
        {
            var module = nn.Sequential(("a", nn.Linear(2, 2)), ("b", nn.BatchNorm2d(2)), ("c", kept));
            tensors = [.. module.state_dict().Values];
            Assert.All(tensors, tensor => Assert.False(tensor.IsInvalid));
        }

        Assert.Equal([true, true, true, true, false, false, true, true, true], tensors.Select(tensor => tensor.IsInvalid));
    }

    [Fact]
    public void A_disposed_module_disposes_of_all_its_tensors()
    {
        var module = nn.Sequential(("a", nn.Linear(2, 2)), ("b", nn.BatchNorm2d(2)));
        Tensor[] tensors = [.. module.state_dict().Values];
        module.Dispose();
        Assert.All(tensors, tensor => Assert.True(tensor.IsInvalid));
    }

    [Fact]
    public void A_parameter_takes_the_place_of_its_data()
    {
        Tensor data;
        TorchSharp.Modules.Parameter parameter;
        using (var scope = NewDisposeScope())
        {
            data = tensor(3f);
            parameter = new TorchSharp.Modules.Parameter(data);
            data.Dispose();
            Assert.True(data.IsInvalid);
            Assert.Equal(1, scope.DisposablesCount);
            Assert.Equal(3f, parameter.item<float>());
        }

        Assert.True(parameter.IsInvalid);
    }

    [Fact]
    public void An_alias_lives_by_itself()
    {
        var tensor = ones(2);
        var alias = tensor.alias();
        tensor.Dispose();
        Values.Equal([1, 1], alias);
        alias.Dispose();
    }

    [Fact]
    public void What_nobody_holds_is_collected()
    {
        long before = Native.LiveHandles();
        Abandon();
        for (int i = 0; i < 10 && Native.LiveHandles() > before; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        Assert.True(Native.LiveHandles() <= before);

        [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
        static void Abandon()
        {
            for (int i = 0; i < 50; i++) _ = ones(10) + i;
        }
    }
}
