using GpuSer.IO;

namespace GpuSer.Training.Weights;

/// <summary>A tensor in a file, under torchvision's name and in torchvision's shape.</summary>
/// <param name="Name">As in torchvision's VGG, if it is one of its tensors.</param>
/// <param name="Shape">Extents, outermost first.</param>
/// <param name="Entry">Where to read it.</param>
internal sealed record NamedEntry(string Name, IReadOnlyList<long> Shape, WeightsEntry Entry);

/// <summary>
/// Brings names to those of torchvision's VGG: timm has its classifier as convolutions of other names (timm/models/vgg.py), and a network
/// trained on several devices has <c>module.</c> before each name.
/// </summary>
internal static class WeightNames
{
    private const string Parallel = "module.";

    private static readonly (string Timm, string Torchvision)[] Layers =
    [
        ("pre_logits.fc1.", "classifier.0."), ("pre_logits.fc2.", "classifier.3."), ("head.fc.", "classifier.6."),
    ];

    /// <summary>A file's tensors under torchvision's names.</summary>
    /// <exception cref="InvalidFileException">Two have one name.</exception>
    public static Dictionary<string, NamedEntry> Of(WeightsFile file)
    {
        Dictionary<string, NamedEntry> named = new(StringComparer.Ordinal);
        foreach (WeightsEntry entry in file.Entries)
        {
            NamedEntry brought = Of(entry);
            if (!named.TryAdd(brought.Name, brought))
            {
                throw new InvalidFileException(file.Path, $"holds '{ShortText.Of(brought.Name)}' under two names; keep one of them");
            }
        }

        return named;
    }

    private static NamedEntry Of(WeightsEntry entry)
    {
        string name = entry.Name.StartsWith(Parallel, StringComparison.Ordinal) ? entry.Name[Parallel.Length..] : entry.Name;
        foreach ((string timm, string torchvision) in Layers)
        {
            if (name.StartsWith(timm, StringComparison.Ordinal))
            {
                // A convolution over the whole pooled map is a linear layer over its elements in the same order.
                long[] shape = entry.Shape.Count == 4 ? [entry.Shape[0], entry.Shape.Skip(1).Aggregate(1L, (product, extent) => product * extent)] : [.. entry.Shape];
                return new NamedEntry(torchvision + name[timm.Length..], shape, entry);
            }
        }

        return new NamedEntry(name, entry.Shape, entry);
    }
}
