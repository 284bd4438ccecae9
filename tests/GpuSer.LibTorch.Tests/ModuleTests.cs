using TorchSharp;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace GpuSer.LibTorch.Tests;

public sealed class ModuleTests : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose() => _scope.Dispose();

    private sealed class Net : nn.Module<Tensor, Tensor>
    {
        [ComponentName(Name = "features")]
        private readonly Sequential _features = nn.Sequential(nn.Conv2d(1, 2, 3), nn.BatchNorm2d(2), nn.ReLU(inplace: true), nn.AdaptiveAvgPool2d(1), nn.Flatten());

        [ComponentName(Name = "classifier")]
        private readonly Linear _classifier = nn.Linear(2, 3);

        [ComponentName(Name = "scale")]
        private readonly Parameter _scale = nn.Parameter(ones(1));

        private readonly Tensor _offset = zeros(1);

        public Net()
            : base("Net") => RegisterComponents();

        public override Tensor forward(Tensor input) => _classifier.call(_features.call(input)) * _scale + _offset;
    }

    [Fact]
    public void Components_are_named_after_their_fields_their_attributes_and_their_positions()
    {
        using var net = new Net();
        Assert.Equal(["features", "classifier"], net.named_children().Select(child => child.name));
        Assert.Equal(["features", "features.0", "features.1", "features.2", "features.3", "features.4", "classifier"], net.named_modules().Select(module => module.name));
        Assert.Equal(
            ["scale", "features.0.weight", "features.0.bias", "features.1.weight", "features.1.bias", "classifier.weight", "classifier.bias"],
            net.named_parameters().Select(parameter => parameter.name));
        Assert.Equal(["_offset", "features.1.running_mean", "features.1.running_var", "features.1.num_batches_tracked"], net.named_buffers().Select(buffer => buffer.name));
        Assert.Equal(11, net.state_dict().Count);
        Assert.Same(net.get_parameter("scale"), net.state_dict()["scale"]);
        Assert.True(net.has_buffer("features.1.running_var"));
        Assert.Equal("Net", net.GetName());
    }

    private sealed class Forgetful : nn.Module<Tensor, Tensor>
    {
        private readonly Linear _inner = nn.Linear(2, 1);

        public Forgetful()
            : base("Forgetful")
        {
        }

        public override Tensor forward(Tensor input) => _inner.call(input);
    }

    [Fact]
    public void A_part_that_did_not_register_its_fields_is_registered_with_its_owner()
    {
        using var net = nn.Sequential(("part", new Forgetful()));
        Assert.Equal(["part._inner.weight", "part._inner.bias"], net.state_dict().Keys);
    }

    [Fact]
    public void A_state_dict_moves_from_one_network_to_another()
    {
        using Net a = new(), b = new();
        var image = randn(4, 1, 5, 5);
        a.call(image);
        b.load_state_dict(a.state_dict());
        a.eval();
        b.eval();
        Values.Equal(Values.Of(a.call(image)), b.call(image));

        var partial = a.state_dict();
        partial.Remove("scale");
        partial.Add("extra", ones(1));
        Assert.Throws<InvalidOperationException>(() => b.load_state_dict(partial));
        var (missing, unexpected) = b.load_state_dict(partial, strict: false);
        Assert.Equal(["scale"], missing);
        Assert.Equal(["extra"], unexpected);
    }

    [Fact]
    public void Training_and_evaluation_reach_every_module()
    {
        using var net = new Net();
        Assert.All(net.modules(), module => Assert.True(module.training));
        net.eval();
        Assert.All(net.modules(), module => Assert.False(module.training));
        net.train();
        Assert.True(net.training);

        net.call(randn(4, 1, 5, 5)).sum().backward();
        Assert.All(net.parameters(), parameter => Assert.NotNull(parameter.grad));
        net.zero_grad(set_to_none: false);
        Assert.All(net.parameters(), parameter => Values.Equal(new double[parameter.numel()], parameter.grad!));
        net.zero_grad();
        Assert.All(net.parameters(), parameter => Assert.Null(parameter.grad));
    }

    [Fact]
    public void Converting_keeps_the_parameters_that_optimizers_and_fields_hold()
    {
        using var net = new Net();
        var parameters = net.parameters().ToArray();
        Assert.Same(net, net.to(float64));
        Assert.Equal(parameters, net.parameters());
        Assert.All(parameters, parameter =>
        {
            Assert.Equal(float64, parameter.dtype);
            Assert.True(parameter is { requires_grad: true, is_leaf: true });
        });
        Assert.Equal(int64, net.get_buffer("features.1.num_batches_tracked")!.dtype);
        Assert.Equal(float64, net.call(randn([2, 1, 5, 5], float64)).dtype);
        Assert.Equal(float32, net.to(CPU, float32).call(randn(2, 1, 5, 5)).dtype);
    }

    [Fact]
    public void Names_are_unique_and_parts_can_be_added_one_by_one()
    {
        using var list = nn.Sequential();
        list.append("first", nn.Linear(2, 3)).append(nn.ReLU());
        Assert.Equal(2, list.Count);
        Assert.Equal(["first.weight", "first.bias"], list.state_dict().Keys);
        Assert.Equal([4L, 3L], list.call(ones(4, 2)).shape);
        Assert.IsType<ReLU>(list[1]);
        using var other = nn.ReLU();
        Assert.Throws<InvalidOperationException>(() => list.append("first", other));
        Assert.Throws<ArgumentException>(() => list.append("a.b", other));
        Assert.Throws<ArgumentException>(() => list.append("", other));
    }

    [Fact]
    public void Hooks_see_and_change_what_passes()
    {
        using var layer = nn.Linear(1, 1, hasBias: false);
        nn.init.constant_(layer.weight, 2);
        var before = layer.register_forward_pre_hook((_, input) => input + 1);
        layer.register_forward_hook((_, input, output) => output * 10 + input);
        Values.Equal([84], layer.call(tensor(new float[,] { { 3 } })));
        before.remove();
        Values.Equal([63], layer.call(tensor(new float[,] { { 3 } })));
    }

    [Fact]
    public void The_last_handle_of_an_empty_network_is_the_callers()
    {
        using var empty = nn.Sequential();
        var input = ones(1);
        empty.call(input).Dispose();
        Assert.False(input.IsInvalid);
        nn.Sequential(nn.Identity(), nn.Identity()).call(input).Dispose();
        Assert.False(input.IsInvalid);
    }
}
