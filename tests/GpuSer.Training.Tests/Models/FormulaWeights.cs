using GpuSer.Training.Models;
using static TorchSharp.torch;

namespace GpuSer.Training.Tests.Models;

/// <summary>The weights that the golden networks were made with: a hash of element i and state-dict position k.</summary>
internal static class FormulaWeights
{
    public static void Fill(Vgg network)
    {
        IReadOnlyList<(string Name, Tensor Tensor)> state = network.State();
        for (int k = 0; k < state.Count; k++)
        {
            (string name, Tensor tensor) = state[k];
            if (tensor.dtype == ScalarType.Int64)
            {
                continue;
            }

            (double scale, double offset) = Range(name, tensor.shape);
            Span<float> values = TensorMemory.Floats(tensor);
            for (int i = 0; i < values.Length; i++)
            {
                values[i] = (float)(offset + (scale * U((uint)i, (uint)k)));
            }
        }
    }

    private static (double Scale, double Offset) Range(string name, long[] shape)
    {
        if (shape.Length >= 2)
        {
            return (Math.Sqrt(6.0 / shape.Skip(1).Aggregate(1L, (product, extent) => product * extent)), 0);
        }

        return name switch
        {
            _ when name.EndsWith("running_var", StringComparison.Ordinal) => (0.25, 1.25),
            _ when name.EndsWith("running_mean", StringComparison.Ordinal) => (0.1, 0),
            _ when name.StartsWith("features.", StringComparison.Ordinal) && name.EndsWith(".weight", StringComparison.Ordinal) => (0.1, 1),
            _ => (0.05, 0),
        };
    }

    private static double U(uint i, uint k)
    {
        uint x = unchecked((i * 2654435761u) + (k * 40503u));
        x ^= x >> 16;
        x = unchecked(x * 0x45D9F3Bu);
        x ^= x >> 16;
        return (x / 2147483648.0) - 1;
    }
}
