using System.Text.Json;
using GpuSer.Fuzz.Seeds;
using GpuSer.IO;
using GpuSer.Reference;
using GpuSer.Training.Models;
using GpuSer.Training.Tests.Models;
using GpuSer.Training.Weights;
using TorchSharp;
using static TorchSharp.torch;

namespace GpuSer.Training.Tests.Weights;

/// <summary>Pretrained weights on their way into a network, from every format and under every name.</summary>
public sealed class PretrainedTests : IDisposable
{
    private static readonly VggOptions Narrow = new() { Classes = 1000, WidthDivisor = 16, Hidden = 64 };
    private static readonly VggOptions Small = new() { WidthDivisor = 64, Hidden = 8 };

    private readonly string _folder = Directory.CreateTempSubdirectory("gpuser-pretrained-").FullName;

    private string Path => System.IO.Path.Combine(_folder, "w.safetensors");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [SkippableTheory]
    [InlineData("narrow_legacy.pth", nameof(WeightsFormat.PyTorchLegacy))]
    [InlineData("narrow_zip.pth", nameof(WeightsFormat.PyTorchZip))]
    public void The_golden_files_hold_the_weights_of_the_formula(string name, string format)
    {
        Skip.IfNot(Golden.Present, "no golden files");
        using Vgg network = new(Narrow);
        FormulaWeights.Fill(network);
        using WeightsFile file = WeightsFile.Open(Golden.PathOf("vgg", name));

        Assert.Equal(format, file.Format.ToString());
        Assert.Equal(network.State().Select(entry => entry.Name), file.Entries.Select(entry => entry.Name));
        foreach ((WeightsEntry entry, (_, Tensor tensor)) in file.Entries.Zip(network.State()))
        {
            Assert.Equal(tensor.shape, entry.Shape);
            if (entry.Type == SafetensorsType.I64)
            {
                long[] counter = [-1];
                file.Read(entry, counter.AsSpan());
                Assert.Equal(0, counter[0]);
                continue;
            }

            float[] values = new float[entry.Count];
            file.Read(entry, values.AsSpan());
            Assert.Equal(TensorMemory.Floats(tensor).ToArray(), values);
        }

        WeightsFit fit = WeightsFit.Of(file)!;
        Assert.Equal(Narrow, fit.Network);
        Assert.True(fit.Report.Complete);
    }

    [SkippableTheory]
    [InlineData("narrow_legacy.pth")]
    [InlineData("narrow_zip.pth")]
    public void Pretrained_features_under_the_golden_classifier_give_the_golden_logits(string name)
    {
        Skip.IfNot(Golden.Present, "no golden files");
        using DisposeScope scope = NewDisposeScope();
        using Vgg network = new(Narrow);
        FormulaWeights.Fill(network);
        foreach ((string entry, Tensor tensor) in network.State().Where(entry => entry.Name.StartsWith("features.", StringComparison.Ordinal)))
        {
            using IDisposable noGradient = no_grad();
            tensor.zero_();
        }

        WeightsReport report = ModelFile.LoadPretrained(Golden.PathOf("vgg", name), network);

        Assert.True(report.Complete);
        Assert.Equal(91, report.Loaded.Count);
        Assert.Equal(6, report.Fresh.Count);
        network.eval();
        Tensor logits = network.call(ImageBatch.OnChannels(VggGolden.Images())).detach();
        using JsonDocument json = JsonDocument.Parse(File.ReadAllText(Golden.PathOf("vgg", "narrow.json")));
        float[] golden = [.. json.RootElement.GetProperty("eval_logits_first8").Deserialize<float[][]>()!.SelectMany(row => row)];
        Difference difference = Difference.Between(TensorMemory.Floats(logits.narrow(1, 0, 8).contiguous()).ToArray(), golden);
        Assert.True(difference.Relative <= 1e-4, $"e = {difference.Relative:e2}");
    }

    [SkippableFact]
    public void The_state_of_the_published_files_is_recognised()
    {
        Skip.IfNot(Golden.Present, "no golden files");
        foreach (PublishedWeights weights in PublishedWeights.All)
        {
            // The lists are of networks with seven classes.
            using JsonDocument json = JsonDocument.Parse(File.ReadAllText(Golden.PathOf("vgg", $"{weights.Name}_state_dict.json")));
            string[] golden = [.. json.RootElement.EnumerateArray().Select(entry => $"{entry[0].GetString()} ({string.Join(", ", entry[1].Deserialize<long[]>()!)})")];

            Assert.Equal(golden, VggState.Shapes(weights.Network with { Classes = 7 }).Select(entry => $"{entry.Name} ({string.Join(", ", entry.Shape)})"));
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void The_shapes_of_a_network_are_known_without_it(bool batchNorm)
    {
        VggOptions options = Small with { BatchNorm = batchNorm, Classes = 3 };
        using Vgg network = new(options);

        Assert.Equal(network.State().Select(entry => entry.Name), VggState.Shapes(options).Select(entry => entry.Name));
        Assert.Equal(network.State().Select(entry => entry.Tensor.shape), VggState.Shapes(options).Select(entry => entry.Shape));
    }

    [Fact]
    public void Names_of_timm_and_of_parallel_training_are_torchvisions()
    {
        using Vgg network = Made(Small, 1), target = Made(Small, 2);
        Save(network, entry => entry.Tensor.dtype == ScalarType.Float32, name => name
            .Replace("classifier.0", "pre_logits.fc1", StringComparison.Ordinal)
            .Replace("classifier.3", "pre_logits.fc2", StringComparison.Ordinal)
            .Replace("classifier.6", "head.fc", StringComparison.Ordinal), timm: true);
        AssertTaken();
        using (WeightsFile file = WeightsFile.Open(Path))
        {
            WeightsFit fit = WeightsFit.Of(file)!;
            Assert.Equal(Small, fit.Network);
            Assert.Equal(13, fit.Report.Missing.Count);
            Assert.Empty(fit.Report.Extra.Concat(fit.Report.Misshapen));
        }

        Save(network, _ => true, name => "module." + name);
        AssertTaken();

        void AssertTaken()
        {
            Initialisation.Draw(target, ClassifierInitialisation.He, 2);
            WeightsReport report = ModelFile.LoadPretrained(Path, target);
            Assert.Empty(report.Extra);
            AssertFeatures(network, target);
        }
    }

    [Fact]
    public void Missing_extra_and_misshapen_entries_are_listed()
    {
        using Vgg network = Made(Small, 1), target = Made(Small with { WidthDivisor = 32 }, 2);
        Save(network, entry => entry.Name != "features.3.bias", name => name.Replace("features.4.", "other.", StringComparison.Ordinal));

        InvalidFileException error = Assert.Throws<InvalidFileException>(() => ModelFile.LoadPretrained(Path, target));

        Assert.Contains("missing: features.3.bias, features.4.weight", error.Message, StringComparison.Ordinal);
        Assert.Contains("not of this network: other.weight", error.Message, StringComparison.Ordinal);
        Assert.Contains("of another shape: features.0.weight (1, 3, 3, 3) instead of (2, 3, 3, 3)", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_network_that_a_file_does_fit_is_named()
    {
        using Vgg network = Made(Small with { BatchNorm = false }, 1), target = Made(Small, 2);
        Save(network, _ => true, name => name);

        InvalidFileException error = Assert.Throws<InvalidFileException>(() => ModelFile.LoadPretrained(Path, target));

        Assert.EndsWith("it fits a VGG-16, width 1/64", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Types_that_do_not_fit_are_told()
    {
        long[] ones = [1];
        using Vgg target = Made(Small, 2);
        unsafe
        {
            fixed (long* data = ones)
            {
                SafetensorsWriter.Write(Path, [new SafetensorsTensor("features.0.bias", SafetensorsType.I64, [1], (nint)data)], new Dictionary<string, string>());
            }
        }

        InvalidFileException error = Assert.Throws<InvalidFileException>(() => ModelFile.LoadPretrained(Path, target));

        Assert.Contains("features.0.bias of type I64", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Names_that_become_one_are_refused()
    {
        using Vgg target = Made(Small, 2);
        SafetensorsTensor one = new("module.x", SafetensorsType.F32, [0], nint.Zero);
        SafetensorsWriter.Write(Path, [one, one with { Name = "x" }], new Dictionary<string, string>());

        Assert.Contains("'x' under two names", Assert.Throws<InvalidFileException>(() => ModelFile.LoadPretrained(Path, target)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_no_network_fits_none()
    {
        SafetensorsWriter.Write(Path, [new SafetensorsTensor("features.0.weight", SafetensorsType.F32, [0, 3], nint.Zero)], new Dictionary<string, string>());
        using WeightsFile file = WeightsFile.Open(Path);

        Assert.Null(WeightsFit.Of(file));
    }

    [Fact]
    public void A_converted_file_has_the_same_tensors_bit_for_bit()
    {
        byte[] state = PickleBuilder.State(pickle => pickle
            .Text("half").Tensor("h", 3, [3], [1], type: "HalfStorage")
            .Text("transposed").Tensor("f", 6, [3, 2], [1, 3])
            .Text("counter").Tensor("l", 1, [], [], type: "LongStorage"));
        string source = System.IO.Path.Combine(_folder, "w.pth");
        File.WriteAllBytes(source, TorchFiles.Zip(
            state, new TorchFiles.Stored("h", 3, [0, 1, 2, 3, 4, 5]), TorchFiles.Floats("f", 0, 1, 2, 3, 4, float.NaN), new TorchFiles.Stored("l", 1, [1, 2, 3, 4, 5, 6, 7, 8])));
        using WeightsFile file = WeightsFile.Open(source);

        WeightsConversion.ToSafetensors(file, Path);

        using SafetensorsFile converted = SafetensorsFile.Open(Path);
        Assert.Equal("pt", converted.Metadata["format"]);
        Assert.Equal(["counter () I64", "transposed (3, 2) F32", "half (3) F16"], converted.Entries.Select(entry => $"{entry.Name} ({string.Join(", ", entry.Shape)}) {entry.Type}"));
        float[] values = new float[6];
        converted.Read(converted.Entries[1], values.AsSpan());
        Assert.Equal([0, 3, 1, 4, 2, float.NaN], values);
        byte[] half = new byte[6], counter = new byte[8];
        converted.ReadElements(converted.Entries[2], 0, half);
        converted.ReadElements(converted.Entries[0], 0, counter);
        Assert.Equal([0, 1, 2, 3, 4, 5], half);
        Assert.Equal([1, 2, 3, 4, 5, 6, 7, 8], counter);
    }

    [Fact]
    public void A_damaged_file_is_not_converted_and_leaves_the_old_one()
    {
        string source = System.IO.Path.Combine(_folder, "w.pth");
        File.WriteAllBytes(source, TorchFiles.Zip(
        [
            new("w/data.pkl", PickleBuilder.State(pickle => pickle.Text("a").Tensor("0", 2, [2], [1]))), new("w/data/0", new byte[8]) { Crc = 1 },
        ]));
        File.WriteAllText(Path, "old");
        using WeightsFile file = WeightsFile.Open(source);

        Assert.Throws<InvalidFileException>(() => WeightsConversion.ToSafetensors(file, Path));

        Assert.Equal("old", File.ReadAllText(Path));
        Assert.Equal(2, Directory.GetFiles(_folder).Length);
    }

    private static Vgg Made(VggOptions options, long seed)
    {
        Vgg network = new(options);
        Initialisation.Draw(network, ClassifierInitialisation.He, seed);
        return network;
    }

    /// <summary>Writes a network's state under other names; timm's classifier is of convolutions.</summary>
    private void Save(Vgg network, Func<(string Name, Tensor Tensor), bool> which, Func<string, string> rename, bool timm = false)
    {
        SafetensorsTensor[] tensors = [.. network.State().Where(which).Select(entry => new SafetensorsTensor(
            rename(entry.Name), entry.Tensor.dtype == ScalarType.Int64 ? SafetensorsType.I64 : SafetensorsType.F32, Shape(entry.Name, entry.Tensor.shape), TensorMemory.Address(entry.Tensor)))];
        SafetensorsWriter.Write(Path, tensors, new Dictionary<string, string>());

        long[] Shape(string name, long[] shape) => (timm, name) switch
        {
            (true, "classifier.0.weight") => [shape[0], shape[1] / 49, 7, 7],
            (true, "classifier.3.weight") => [shape[0], shape[1], 1, 1],
            _ => shape,
        };
    }

    private static void AssertFeatures(Vgg expected, Vgg actual)
    {
        using Vgg fresh = Made(Small, 2);
        foreach (((string name, Tensor a), (_, Tensor b), (_, Tensor untouched)) in expected.State().Zip(actual.State(), fresh.State()).Where(entry => entry.First.Tensor.dtype == ScalarType.Float32))
        {
            Assert.Equal(TensorMemory.Floats(name.StartsWith("features.", StringComparison.Ordinal) ? a : untouched).ToArray(), TensorMemory.Floats(b).ToArray());
        }
    }
}
