using GpuSer.Training.Models;

namespace GpuSer.Training.Weights;

/// <summary>The network that a weights file was made by, told from its names and shapes.</summary>
/// <param name="Network">Its options; its dropout is not known.</param>
/// <param name="Report">How the file compares with that network, its classifier included.</param>
internal sealed record WeightsFit(VggOptions Network, WeightsReport Report)
{
    private const int FullWidth = 64;

    /// <summary>Tells the network; null where the file's feature layers are no VGG-16's.</summary>
    /// <exception cref="IO.InvalidFileException">Two tensors have one name.</exception>
    public static WeightsFit? Of(WeightsFile file)
    {
        Dictionary<string, NamedEntry> entries = WeightNames.Of(file);
        if (Extents("features.0.weight") is not [long width, ..] || width is < 1 or > FullWidth || FullWidth % width != 0)
        {
            return null;
        }

        VggOptions network = new()
        {
            WidthDivisor = (int)(FullWidth / width),
            BatchNorm = entries.ContainsKey("features.1.running_mean"),
            Classes = Extents("classifier.6.weight") is [long classes and >= 2 and <= int.MaxValue, ..] ? (int)classes : new VggOptions().Classes,
        };
        // Left open where it is the usual one, so that the options read as a person would give them.
        if (Extents("classifier.0.weight") is [long hidden and >= 1 and <= int.MaxValue, ..] && hidden != network.HiddenWidth())
        {
            network = network with { Hidden = (int)hidden };
        }

        if (network.Errors().Count > 0)
        {
            return null;
        }

        WeightsReport report = WeightsReport.Compare(entries, VggState.Shapes(network));
        return report.FeaturesFit ? new WeightsFit(network, report) : null;

        long[]? Extents(string name) => entries.TryGetValue(name, out NamedEntry? entry) ? [.. entry.Shape] : null;
    }
}
