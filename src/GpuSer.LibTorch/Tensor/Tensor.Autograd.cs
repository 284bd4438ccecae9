using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        public bool requires_grad
        {
            get => Info.RequiresGrad != 0;
            set
            {
                Native.Check(Native.SetRequiresGrad(Handle, value ? 1 : 0));
                GC.KeepAlive(this);
            }
        }

        /// <summary>The gradient that backward has accumulated here; null before.</summary>
        public Tensor? grad
        {
            get
            {
                Native.Check(Native.GetGrad(Handle, out nint gradient));
                GC.KeepAlive(this);
                return gradient == 0 ? null : Adopt(gradient);
            }

            set
            {
                Native.Check(Native.SetGrad(Handle, value?.Handle ?? 0));
                GC.KeepAlive(this);
                GC.KeepAlive(value);
            }
        }

        public Tensor requires_grad_(bool requires_grad = true)
        {
            this.requires_grad = requires_grad;
            return this;
        }

        public Tensor with_requires_grad(bool requires_grad = true)
        {
            this.requires_grad = requires_grad;
            return this;
        }

        public void backward() => autograd.backward(this);

        public void backward(IList<Tensor>? grad_tensors = null, bool retain_graph = false, bool create_graph = false, IList<Tensor>? inputs = null) =>
            autograd.backward(this, grad_tensors, retain_graph, create_graph, inputs);

        public void retain_grad() => Aten.InPlace("retain_grad", this);

        public Tensor detach() => Aten.Call("detach", this);

        public Tensor detach_()
        {
            Aten.InPlace("detach_", this);
            return this;
        }
    }
}
