using System.Text;
using GpuSer.Fuzz.Seeds;
using GpuSer.Training.Models;
using GpuSer.Training.Optimisation;
using GpuSer.Training.Weights;
using static TorchSharp.torch;

namespace GpuSer.Fuzz.Targets;

/// <summary>Weights of all formats, read to their last element, and checkpoints.</summary>
internal static class WeightsTargets
{
    private const string Header =
        """{"__metadata__":{"format":"pt"},"a.weight":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]},"b":{"dtype":"BF16","shape":[4],"data_offsets":[24,32]}}""";

    public static IEnumerable<FuzzTarget> All(string folder)
    {
        TorchFiles.Stored[] stored = [TorchFiles.Floats("0", 1, 2, 3, 4, 5, 6), TorchFiles.Floats("1", 7, 8)];
        byte[] state = PickleBuilder.State(pickle => pickle
            .Text("features.0.weight").Tensor("0", 6, [2, 3], [3, 1]).Text("features.0.bias").Tensor("1", 2, [2], [1])
            .Text("strewn").Tensor("0", 6, [3, 2], [1, 3]).Text("part").Tensor("0", 6, [2], [2], offset: 1));
        byte[] plain = PickleBuilder.State(pickle => pickle.Text("w").Tensor("0", 6, [6], [1]).Text("b").Tensor("1", 2, [], [], offset: 1));
        yield return new FuzzTarget("safetensors", ".safetensors", Safetensors(folder), ReadAll) { Share = 2 };
        // The header alone is changed, and its length put right.
        yield return new FuzzTarget("safetensors-header", ".safetensors", [Encoding.UTF8.GetBytes(Header)], ReadAll)
        {
            Share = 2,
            Mutate = TextMutator.MutateJson,
            Finish = header => [.. BitConverter.GetBytes((long)header.Length), .. header, .. new byte[32]],
        };
        yield return new FuzzTarget("torch-zip", ".pth", [TorchFiles.Zip(state, stored), TorchFiles.Zip(plain, stored), Zip64(state, stored)], ReadAll) { Share = 2 };
        yield return new FuzzTarget("torch-legacy", ".pth", [TorchFiles.Legacy(state, stored), TorchFiles.Legacy(plain, stored)], ReadAll) { Share = 2 };
        // A changed pickle would not get past its archive's checksum: it is packed after it was changed.
        yield return new FuzzTarget("torch-pickle", ".pth", [state, plain], ReadAll) { Share = 2, Finish = pickle => TorchFiles.Zip(pickle, stored) };
        yield return Checkpoint(folder);
        yield return Model(folder);
    }

    private static byte[] Zip64(byte[] state, TorchFiles.Stored[] stored) =>
        TorchFiles.Zip([new("w/data.pkl", state), .. stored.Select(s => new TorchFiles.Zipped($"w/data/{s.Key}", s.Bytes))], zip64: true);

    private static unsafe List<byte[]> Safetensors(string folder)
    {
        float[] values = [1, 2, 3, 4, 5, 6];
        string path = Path.Combine(folder, "a.safetensors");
        fixed (float* first = values)
        {
            nint address = (nint)first;
            SafetensorsWriter.Write(
                path, [new("features.0.weight", SafetensorsType.F32, [2, 3], address), new("n", SafetensorsType.I64, [], address), new("half", SafetensorsType.F16, [2, 2], address)], new Dictionary<string, string> { ["a"] = "b" });
        }

        byte[] text = Encoding.UTF8.GetBytes(Header);
        return [File.ReadAllBytes(path), [.. BitConverter.GetBytes((long)text.Length), .. text, .. new byte[32]]];
    }

    private static void ReadAll(string path)
    {
        using WeightsFile file = WeightsFile.Open(path);
        _ = WeightsFit.Of(file);
        foreach (WeightsEntry entry in file.Entries)
        {
            if (entry.Type == SafetensorsType.I64)
            {
                file.Read(entry, new long[entry.Count]);
            }
            else
            {
                file.Read(entry, new float[entry.Count]);
            }
        }
    }

    private static FuzzTarget Checkpoint(string folder)
    {
        Vgg network = new(new VggOptions { Classes = 2, WidthDivisor = 64, Hidden = 1 });
        FusedAdam adam = new(network.named_parameters().Select(pair => (pair.name, pair.parameter)), new AdamOptions(), 1);
        string path = Path.Combine(folder, "checkpoint.safetensors");
        CheckpointFile.Save(path, network, adam, "progress");
        return new FuzzTarget("checkpoint", ".safetensors", [File.ReadAllBytes(path)], file => CheckpointFile.Load(file, network, adam))
        {
            Share = 0.3,
            Mutate = (random, seed, other) => ByteMutator.Mutate(random, seed, other, mostBytes: seed.Length + 4096),
        };
    }

    /// <summary>What weights say of themselves is changed, under a checksum that fits.</summary>
    private static FuzzTarget Model(string folder)
    {
        VggOptions options = new() { Classes = 2, WidthDivisor = 64, Hidden = 1 };
        ModelDescription model = new() { Labels = ["anger", "joy"], Network = options, Recipe = FeatureOptions.RecipeVersion, Features = FeatureOptions.Default };
        (string Name, Tensor Tensor)[] state = [.. new Vgg(options).State()];
        string path = Path.Combine(folder, "model.safetensors");
        return new FuzzTarget("model", ".safetensors", [Encoding.UTF8.GetBytes(model.ToJson())], file => ModelFile.Load(file).Network.Dispose())
        {
            Share = 0.2,
            Mutate = TextMutator.MutateJson,
            Finish = text =>
            {
                ModelFile.SaveTensors(path, state, new Dictionary<string, string> { [ModelDescription.MetadataKey] = Encoding.UTF8.GetString(text) });
                return File.ReadAllBytes(path);
            },
        };
    }
}
