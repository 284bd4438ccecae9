using GpuSer.IO;
using GpuSer.Training.Models;
using GpuSer.Training.Optimisation;
using TorchSharp;
using static TorchSharp.torch;

namespace GpuSer.Training.Weights;

/// <summary>
/// A training at a batch in one safetensors file: the network's weights, the optimiser's moments, and in the metadata how far the training is. It is
/// replaced as a whole, so that the three always belong together.
/// </summary>
internal static class CheckpointFile
{
    private const string ProgressKey = "gpuser.progress";

    /// <summary>Creates or replaces a checkpoint.</summary>
    /// <param name="path">The file.</param>
    /// <param name="network">The network.</param>
    /// <param name="optimiser">The optimiser of its parameters.</param>
    /// <param name="progress">How far the training is, as text.</param>
    /// <exception cref="InvalidFileException">The file cannot be written; an old one stays as it was.</exception>
    public static void Save(string path, Vgg network, IOptimiser optimiser, string progress) =>
        ModelFile.SaveTensors(path, [.. network.State(), .. optimiser.State()], new Dictionary<string, string> { [ProgressKey] = progress });

    /// <summary>Puts network and optimiser back to where a checkpoint has them.</summary>
    /// <returns>How far the training is, as text.</returns>
    /// <exception cref="InvalidFileException">The file is missing, damaged or of another network, and nothing was changed; or it cannot be read to its end.</exception>
    public static string Load(string path, Vgg network, IOptimiser optimiser)
    {
        using SafetensorsFile file = SafetensorsFile.Open(path);
        if (!file.Metadata.TryGetValue(ProgressKey, out string? progress))
        {
            throw new InvalidFileException(path, "is no checkpoint of a training; remove it to begin again");
        }

        using DisposeScope scope = NewDisposeScope();
        using IDisposable untracked = no_grad();
        (string Name, Tensor Tensor)[] state = [.. network.State(), .. optimiser.State()];
        if (!state.Select(entry => entry.Name).SequenceEqual(file.Entries.Select(entry => entry.Name))
            || !state.Zip(file.Entries).All(pair => pair.First.Tensor.shape.SequenceEqual(pair.Second.Shape)
                && (pair.First.Tensor.dtype == ScalarType.Int64) == (pair.Second.Type == SafetensorsType.I64)))
        {
            throw new InvalidFileException(path, "is of another network or of other trained layers than this run's; remove it to begin again");
        }

        foreach (((_, Tensor tensor), WeightsEntry entry) in state.Zip(file.Entries))
        {
            Tensor host = empty(entry.Shape.ToArray(), dtype: tensor.dtype);
            if (entry.Type == SafetensorsType.I64)
            {
                file.Read(entry, TensorMemory.Longs(host));
            }
            else
            {
                file.Read(entry, TensorMemory.Floats(host));
            }

            tensor.copy_(host);
        }

        return progress;
    }
}
