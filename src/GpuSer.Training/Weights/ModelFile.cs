using GpuSer.IO;
using GpuSer.Training.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace GpuSer.Training.Weights;

/// <summary>A network with its description in one safetensors file, under torchvision's names.</summary>
internal static class ModelFile
{
    /// <summary>Creates or replaces a file from the network's present weights.</summary>
    /// <exception cref="InvalidFileException">The file cannot be written; an old one stays as it was.</exception>
    public static void Save(string path, Vgg network, ModelDescription description) =>
        SaveTensors(path, network.State(), new Dictionary<string, string> { [ModelDescription.MetadataKey] = description.ToJson() });

    /// <summary>Creates or replaces a file of any device's tensors.</summary>
    internal static void SaveTensors(string path, IReadOnlyList<(string Name, Tensor Tensor)> tensors, IReadOnlyDictionary<string, string> metadata)
    {
        using DisposeScope scope = NewDisposeScope();
        (string Name, Tensor Tensor)[] host = [.. tensors.Select(entry => (entry.Name, entry.Tensor.detach().cpu()))];
        SafetensorsWriter.Write(path, [.. host.Select(entry => Describe(entry.Name, entry.Tensor))], metadata);
        GC.KeepAlive(host);
    }

    /// <summary>Builds the network that a file describes, with its weights.</summary>
    /// <exception cref="InvalidFileException">The file is missing, damaged, does not describe itself, or does not fit its description.</exception>
    public static (Vgg Network, ModelDescription Description) Load(string path)
    {
        using WeightsFile file = WeightsFile.Open(path);
        if (!file.Metadata.TryGetValue(ModelDescription.MetadataKey, out string? text))
        {
            throw new InvalidFileException(
                path, "holds weights but does not say of which model; give a file that a training wrote, or use it with train --weights");
        }

        if (ModelDescription.FromJson(text) is not { } description)
        {
            throw new InvalidFileException(path, "describes a model that this version does not know; use the version that wrote it");
        }

        // Compared before it is built: the text alone could ask for a network of any size.
        Dictionary<string, NamedEntry> entries = file.Entries.ToDictionary(
            entry => entry.Name, entry => new NamedEntry(entry.Name, entry.Shape, entry), StringComparer.Ordinal);
        WeightsReport report = WeightsReport.Compare(entries, VggState.Shapes(description.Network));
        if (!report.Complete)
        {
            throw new InvalidFileException(path, $"does not fit the model that it describes: {report.Summary()}");
        }

        Vgg network = new(description.Network);
        try
        {
            Read(file, entries, network, report.Loaded);
            return (network, description);
        }
        catch
        {
            network.Dispose();
            throw;
        }
    }

    /// <summary>Loads the feature layers; the classifier stays as it is. Says what was not used.</summary>
    /// <param name="path">A file of any of the formats (<see cref="WeightsFormat"/>) with torchvision's or timm's names.</param>
    /// <param name="network">The network to be changed, on the CPU.</param>
    /// <exception cref="InvalidFileException">
    /// The file is missing, damaged or no state dict; or some of the feature layers are missing or of other shapes, and then the network stays as it was.
    /// </exception>
    public static WeightsReport LoadPretrained(string path, Vgg network)
    {
        using WeightsFile file = WeightsFile.Open(path);
        Dictionary<string, NamedEntry> entries = WeightNames.Of(file);
        ILookup<bool, (string Name, Tensor Tensor)> state = network.State().ToLookup(entry => WeightsReport.IsFeature(entry.Name));
        string[] fresh = [.. state[false].Select(entry => entry.Name)];
        foreach (string name in fresh)
        {
            entries.Remove(name);
        }

        WeightsReport report = Compare(entries, state[true]) with { Fresh = fresh };
        if (!report.FeaturesFit)
        {
            string other = WeightsFit.Of(file) is { } fit ? $"; it fits a {fit.Network.Name()}" : string.Empty;
            throw new InvalidFileException(path, $"does not fit a {network.Options.Name()}: {report.Summary()}{other}");
        }

        Read(file, entries, network, report.Loaded);
        return report;
    }

    private static WeightsReport Compare(IReadOnlyDictionary<string, NamedEntry> entries, IEnumerable<(string Name, Tensor Tensor)> state) =>
        WeightsReport.Compare(entries, state.Select(entry => (entry.Name, entry.Tensor.shape)));

    private static void Read(WeightsFile file, Dictionary<string, NamedEntry> entries, Vgg network, IEnumerable<string> names)
    {
        Dictionary<string, Tensor> state = network.State().ToDictionary(entry => entry.Name, entry => entry.Tensor);
        foreach (string name in names)
        {
            WeightsEntry entry = entries[name].Entry;
            if (entry.Type == SafetensorsType.I64)
            {
                file.Read(entry, TensorMemory.Longs(state[name]));
            }
            else
            {
                file.Read(entry, TensorMemory.Floats(state[name]));
            }
        }

        GC.KeepAlive(state);
    }

    private static SafetensorsTensor Describe(string name, Tensor tensor) =>
        new(name, TypeOf(tensor), tensor.shape, TensorMemory.Address(tensor));

    private static SafetensorsType TypeOf(Tensor tensor) => tensor.dtype switch
    {
        ScalarType.Float32 => SafetensorsType.F32,
        ScalarType.Int64 => SafetensorsType.I64,
        _ => throw new ArgumentException($"tensors of {tensor.dtype} are not kept", nameof(tensor)),
    };
}
