using GpuSer.IO;
using GpuSer.Training.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace GpuSer.Training.Weights;

/// <summary>A network with its description in one safetensors file, under torchvision's names.</summary>
public static class ModelFile
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
        using SafetensorsFile file = SafetensorsFile.Open(path);
        if (!file.Metadata.TryGetValue(ModelDescription.MetadataKey, out string? text))
        {
            throw new InvalidFileException(
                path, "holds weights but does not say of which model; give a file that a training wrote, or use it with train --weights");
        }

        if (ModelDescription.FromJson(text) is not { } description)
        {
            throw new InvalidFileException(path, "describes a model that this version does not know; use the version that wrote it");
        }

        Vgg network = new(description.Network);
        try
        {
            WeightsReport report = Copy(file, network, _ => true);
            return report.Complete
                ? (network, description)
                : throw new InvalidFileException(path, $"does not fit the model that it describes: {report.Summary()}");
        }
        catch
        {
            network.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Loads the feature layers, and those of the classifier's layers that have the file's shapes; the rest stays as it is. Says what was
    /// not used.
    /// </summary>
    /// <param name="path">A safetensors file with torchvision's names.</param>
    /// <param name="network">The network to be changed.</param>
    /// <exception cref="InvalidFileException">The file is missing or damaged, or some of the feature layers are missing or of other shapes.</exception>
    public static WeightsReport LoadPretrained(string path, Vgg network)
    {
        using SafetensorsFile file = SafetensorsFile.Open(path);
        Dictionary<string, SafetensorsEntry> entries = file.Entries.ToDictionary(entry => entry.Name, StringComparer.Ordinal);
        // A layer is taken whole or not at all: another layer's bias under fresh weights would be noise.
        HashSet<string> fitting = [.. network.State()
            .GroupBy(entry => entry.Name[..entry.Name.LastIndexOf('.')])
            .Where(layer => layer.All(entry => entries.TryGetValue(entry.Name, out SafetensorsEntry? found) ? Fits(found, entry.Tensor) : IsCounter(entry.Name)))
            .SelectMany(layer => layer.Select(entry => entry.Name))];
        WeightsReport report = Copy(file, network, fitting.Contains);
        if (report.Missing.Concat(report.Misshapen).Any(name => name.StartsWith("features.", StringComparison.Ordinal) && !IsCounter(name)))
        {
            throw new InvalidFileException(path, $"does not fit a {network.Options.Name()}: {report.Summary()}");
        }

        return report;
    }

    /// <summary>Counters of batches came later to torch than torchvision's published weights, and nothing depends on them.</summary>
    private static bool IsCounter(string name) => name.EndsWith(".num_batches_tracked", StringComparison.Ordinal);

    private static WeightsReport Copy(SafetensorsFile file, Vgg network, Func<string, bool> wanted)
    {
        Dictionary<string, SafetensorsEntry> entries = file.Entries.ToDictionary(entry => entry.Name, StringComparer.Ordinal);
        List<string> loaded = [], missing = [], misshapen = [];
        foreach ((string name, Tensor tensor) in network.State())
        {
            if (!entries.Remove(name, out SafetensorsEntry? entry))
            {
                missing.Add(name);
            }
            else if (!Fits(entry, tensor))
            {
                misshapen.Add($"{name} ({string.Join(", ", entry.Shape)}) instead of ({string.Join(", ", tensor.shape)})");
            }
            else if (wanted(name))
            {
                Read(file, entry, tensor);
                loaded.Add(name);
            }
        }

        return new WeightsReport(loaded, missing, [.. entries.Keys], misshapen);
    }

    private static void Read(SafetensorsFile file, SafetensorsEntry entry, Tensor tensor)
    {
        if (entry.Type == SafetensorsType.F32)
        {
            file.Read(entry, TensorMemory.Floats(tensor));
        }
        else
        {
            file.Read(entry, TensorMemory.Longs(tensor));
        }

        GC.KeepAlive(tensor);
    }

    private static bool Fits(SafetensorsEntry entry, Tensor tensor) =>
        TypeOf(tensor) == entry.Type && tensor.shape.SequenceEqual(entry.Shape);

    private static SafetensorsTensor Describe(string name, Tensor tensor) =>
        new(name, TypeOf(tensor), tensor.shape, TensorMemory.Address(tensor));

    private static SafetensorsType TypeOf(Tensor tensor) => tensor.dtype switch
    {
        ScalarType.Float32 => SafetensorsType.F32,
        ScalarType.Int64 => SafetensorsType.I64,
        _ => throw new ArgumentException($"tensors of {tensor.dtype} are not kept", nameof(tensor)),
    };
}
