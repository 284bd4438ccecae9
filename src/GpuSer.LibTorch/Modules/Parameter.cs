using TorchSharp.Modules;

namespace TorchSharp
{
    public static partial class torch
    {
        public static partial class nn
        {
            public static Parameter Parameter(Tensor data, bool requires_grad = true) => new(data, requires_grad);
        }
    }
}

namespace TorchSharp.Modules
{
    /// <summary>
    /// A tensor that training changes. It takes over the data and its place in a dispose scope: the tensor it is made from
    /// is as good as disposed.
    /// </summary>
    public class Parameter : torch.Tensor
    {
        public Parameter(torch.Tensor data, bool requires_grad = true)
            : this(data.OwningDisposeScope, data.with_requires_grad(requires_grad).DecoupleFromNativeHandle())
        {
        }

        private Parameter(DisposeScope? scope, IntPtr handle)
            : base(handle) => scope?.Attach(this);
    }
}
