using TorchSharp.Modules;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        public static partial class utils
        {
            public static double clip_grad_norm_(IEnumerable<Parameter> tensors, double max_norm, double norm_type = 2)
            {
                using var scope = NewDisposeScope();
                using var mode = no_grad();
                Tensor[] gradients = [.. tensors.Select(tensor => tensor.grad).OfType<Tensor>()];
                double[] norms = [.. gradients.Select(gradient => (double)gradient.norm((float)norm_type).item<float>())];
                double total = double.IsPositiveInfinity(norm_type)
                    ? norms.DefaultIfEmpty(0).Max()
                    : Math.Pow(norms.Sum(norm => Math.Pow(norm, norm_type)), 1 / norm_type);

                // As torch: a factor of at most one, and a little less than the bound over the norm.
                double factor = max_norm / (total + 1e-6);
                if (factor < 1)
                {
                    foreach (var gradient in gradients) gradient.mul_(factor);
                }

                return total;
            }
        }
    }
}
