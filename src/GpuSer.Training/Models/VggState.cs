namespace GpuSer.Training.Models;

/// <summary>Names and shapes of a network's state, known without building it: a full one has half a gigabyte.</summary>
internal static class VggState
{
    /// <summary>Parameters and buffers under torchvision's names, in torchvision's order, as <see cref="Vgg.State"/> has them.</summary>
    public static IReadOnlyList<(string Name, long[] Shape)> Shapes(VggOptions options)
    {
        List<(string Name, long[] Shape)> state = [];
        long channels = Vgg.Channels;
        int layer = 0;
        foreach (int width in Vgg.Widths)
        {
            if (width == 0)
            {
                layer++;
                continue;
            }

            long next = width / options.WidthDivisor;
            Add("features", layer++, [next, channels, Vgg.Kernel, Vgg.Kernel], next);
            if (options.BatchNorm)
            {
                Add("features", layer, [next], next);
                state.Add(($"features.{layer}.running_mean", [next]));
                state.Add(($"features.{layer}.running_var", [next]));
                state.Add(($"features.{layer++}.num_batches_tracked", []));
            }

            // The rectifier.
            layer++;
            channels = next;
        }

        long hidden = options.HiddenWidth();
        Add("classifier", 0, [hidden, channels * Vgg.PooledSide * Vgg.PooledSide], hidden);
        Add("classifier", 3, [hidden, hidden], hidden);
        Add("classifier", 6, [options.Classes, hidden], options.Classes);
        return state;

        void Add(string part, int number, long[] weight, long bias)
        {
            state.Add(($"{part}.{number}.weight", weight));
            state.Add(($"{part}.{number}.bias", [bias]));
        }
    }
}
