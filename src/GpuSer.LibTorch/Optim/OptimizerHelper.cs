using static TorchSharp.torch;

namespace TorchSharp.Modules;

/// <summary>An optimizer written above the tensors: it walks over its groups outside autograd.</summary>
public abstract class OptimizerHelper : optim.Optimizer
{
    public OptimizerHelper()
        : base(IntPtr.Zero)
    {
    }

    protected Tensor? _step<T>(Action<T> body, Func<Tensor>? loss_closure = null)
        where T : ParamGroup
    {
        Tensor? loss = null;
        if (loss_closure is not null)
        {
            using var recording = enable_grad();
            loss = loss_closure();
        }

        using var mode = no_grad();
        using var scope = NewDisposeScope();
        foreach (var group in _parameter_groups) body((T)group);
        return loss;
    }
}
