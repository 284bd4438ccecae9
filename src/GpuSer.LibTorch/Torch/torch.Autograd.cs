using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    public static class autograd
    {
        /// <summary>The gradients of the outputs' sum (or of their products with <paramref name="grad_outputs"/>).</summary>
        /// <returns>One for each input; null where an unused input is allowed.</returns>
        public static unsafe IList<Tensor> grad(IList<Tensor> outputs, IList<Tensor> inputs, IList<Tensor>? grad_outputs = null, bool retain_graph = false, bool create_graph = false, bool allow_unused = false)
        {
            nint[] from = Handles(outputs), to = Handles(inputs), given = Handles(grad_outputs);
            var results = new nint[to.Length];
            fixed (nint* f = from, t = to, g = given, r = results)
                Native.Check(Native.Gradients(f, from.Length, t, to.Length, g, given.Length, retain_graph || create_graph ? 1 : 0, create_graph ? 1 : 0, allow_unused ? 1 : 0, r));
            KeepAlive(outputs, inputs, grad_outputs);
            return Array.ConvertAll(results, handle => handle == 0 ? null! : Tensor.Adopt(handle));
        }

        /// <summary>Adds the gradients of the tensors' sum to the leaves' <c>grad</c>.</summary>
        public static unsafe void backward(IList<Tensor> tensors, IList<Tensor>? grad_tensors = null, bool? retain_graph = null, bool create_graph = false, IList<Tensor>? inputs = null)
        {
            nint[] from = Handles(tensors), given = Handles(grad_tensors), to = Handles(inputs);
            int retain = retain_graph switch { null => -1, true => 1, false => 0 };
            fixed (nint* f = from, g = given, t = to)
                Native.Check(Native.Backward(f, from.Length, g, given.Length, retain, create_graph ? 1 : 0, t, to.Length));
            KeepAlive(tensors, grad_tensors, inputs);
        }

        public static void backward(Tensor tensor, IList<Tensor>? grad_tensors = null, bool? retain_graph = null, bool create_graph = false, IList<Tensor>? inputs = null) =>
            backward([tensor], grad_tensors, retain_graph, create_graph, inputs);

        public static void backward(Tensor tensor, Tensor grad_tensor, bool? retain_graph = null, bool create_graph = false, IList<Tensor>? inputs = null) =>
            backward([tensor], [grad_tensor], retain_graph, create_graph, inputs);

        private static nint[] Handles(IList<Tensor>? tensors)
        {
            if (tensors is null) return [];
            var handles = new nint[tensors.Count];
            for (int i = 0; i < handles.Length; i++) handles[i] = tensors[i]?.Handle ?? 0;
            return handles;
        }

        private static void KeepAlive(params ReadOnlySpan<IList<Tensor>?> lists)
        {
            foreach (var list in lists) GC.KeepAlive(list);
        }
    }
}
