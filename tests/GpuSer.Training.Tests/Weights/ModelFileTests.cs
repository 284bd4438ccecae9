using GpuSer.IO;
using GpuSer.Training.Models;
using GpuSer.Training.Weights;
using static TorchSharp.torch;

namespace GpuSer.Training.Tests.Weights;

public sealed class ModelFileTests : IDisposable
{
    private static readonly VggOptions Small = new() { WidthDivisor = 32, Hidden = 16, Dropout = 0.25 };

    private readonly string _folder = Directory.CreateTempSubdirectory("gpuser-model-").FullName;

    private string Path => System.IO.Path.Combine(_folder, "w.safetensors");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_network_comes_back_from_its_file_alone()
    {
        using Vgg network = Made(Small, 3);
        ModelFile.Save(Path, network, Describe(Small));

        (Vgg read, ModelDescription description) = ModelFile.Load(Path);

        using (read)
        {
            Assert.Equal(Small, description.Network);
            Assert.Equal(Describe(Small).Labels, description.Labels);
            Assert.Equal(FeatureOptions.RecipeVersion, description.Recipe);
            AssertSame(network, read, _ => true);
        }
    }

    [Theory]
    [InlineData(1 << 30, 1, 7)]
    [InlineData(int.MaxValue, 64, 7)]
    [InlineData(null, 1, 7)]
    public void A_network_that_only_the_text_asks_for_is_not_built(int? hidden, int divisor, int classes)
    {
        VggOptions claimed = new() { Hidden = hidden, WidthDivisor = divisor, Classes = classes };
        using Vgg network = Made(Small, 3);
        ModelFile.Save(Path, network, Describe(claimed));

        InvalidFileException error = Assert.Throws<InvalidFileException>(() => ModelFile.Load(Path));

        Assert.Contains("does not fit the model that it describes", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Pretrained_features_are_taken_and_the_classifier_stays_fresh()
    {
        VggOptions published = Small with { Classes = 1000 };
        using Vgg network = Made(published, 3), target = Made(Small, 4), fresh = Made(Small, 4);
        ModelFile.Save(Path, network, Describe(published));

        WeightsReport report = ModelFile.LoadPretrained(Path, target);

        AssertSame(network, target, IsFeature);
        AssertSame(fresh, target, name => !IsFeature(name));
        Assert.True(report.Complete);
        Assert.Equal(["classifier.0.weight", "classifier.0.bias", "classifier.3.weight", "classifier.3.bias", "classifier.6.weight", "classifier.6.bias"], report.Fresh);
    }

    [Fact]
    public void Features_that_do_not_fit_are_refused_and_named()
    {
        using Vgg network = Made(Small with { BatchNorm = false }, 3), target = Made(Small, 4);
        ModelFile.Save(Path, network, Describe(Small with { BatchNorm = false }));

        InvalidFileException error = Assert.Throws<InvalidFileException>(() => ModelFile.LoadPretrained(Path, target));

        Assert.StartsWith(Path, error.Message, StringComparison.Ordinal);
        Assert.Contains("missing", error.Message, StringComparison.Ordinal);
        Assert.Contains("features.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public unsafe void Weights_without_a_description_can_be_started_from_but_not_used_as_a_model()
    {
        // As torchvision publishes them: no metadata, and no counters of batches.
        using Vgg network = Made(Small, 3), target = Made(Small, 4);
        SafetensorsTensor[] tensors = [.. network.State()
            .Where(entry => entry.Tensor.dtype == ScalarType.Float32)
            .Select(entry => new SafetensorsTensor(entry.Name, SafetensorsType.F32, entry.Tensor.shape, TensorMemory.Address(entry.Tensor)))];
        SafetensorsWriter.Write(Path, tensors, new Dictionary<string, string>());

        WeightsReport report = ModelFile.LoadPretrained(Path, target);

        Assert.All(report.Missing, name => Assert.EndsWith("num_batches_tracked", name, StringComparison.Ordinal));
        AssertSame(network, target, IsFeature);
        Assert.Contains("does not say of which model", Assert.Throws<InvalidFileException>(() => ModelFile.Load(Path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Damage_anywhere_is_refused()
    {
        using Vgg network = Made(Small, 3);
        ModelFile.Save(Path, network, Describe(Small));
        byte[] whole = File.ReadAllBytes(Path);
        Random random = new(1);
        for (int i = 0; i < 50; i++)
        {
            byte[] damaged = [.. whole];
            damaged[random.Next(whole.Length)] ^= (byte)(1 << random.Next(8));
            File.WriteAllBytes(Path, damaged);
            Assert.Throws<InvalidFileException>(() => ModelFile.Load(Path));
            File.WriteAllBytes(Path, whole[..random.Next(whole.Length)]);
            Assert.Throws<InvalidFileException>(() => ModelFile.Load(Path));
        }
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("nonsense")]
    [InlineData("null")]
    public void Descriptions_that_are_none_are_refused(string text) => Assert.Null(ModelDescription.FromJson(text));

    [Fact]
    public void A_description_with_impossible_options_is_refused()
    {
        Assert.NotNull(ModelDescription.FromJson(Describe(Small).ToJson()));
        Assert.Null(ModelDescription.FromJson(Describe(Small with { WidthDivisor = 5 }).ToJson()));
        Assert.Null(ModelDescription.FromJson(Describe(Small with { Classes = 8 }).ToJson()));
    }

    [Fact]
    public void How_a_device_computed_is_not_recorded()
    {
        ModelDescription standard = Describe(Small);
        ModelDescription libraries = standard with { Features = new FeatureOptions { Stft = StftMethod.CuFft, FilterBank = FilterBankMethod.CuBlas } };

        Assert.Equal(standard.ToJson(), libraries.ToJson());
        Assert.Equal(standard.Features, ModelDescription.FromJson(libraries.ToJson())!.Features);
    }

    private static bool IsFeature(string name) => name.StartsWith("features.", StringComparison.Ordinal);

    private static Vgg Made(VggOptions options, long seed)
    {
        Vgg network = new(options);
        Initialisation.Draw(network, ClassifierInitialisation.He, seed);
        return network;
    }

    private static ModelDescription Describe(VggOptions network) => new()
    {
        Labels = [.. Enumerable.Range(0, network.Classes == 1000 ? 1000 : 7).Select(i => $"label {i}")],
        Network = network,
        Recipe = FeatureOptions.RecipeVersion,
        Features = FeatureOptions.Default,
    };

    private static void AssertSame(Vgg expected, Vgg actual, Func<string, bool> which)
    {
        foreach (((string name, Tensor a), (_, Tensor b)) in expected.State().Zip(actual.State()))
        {
            if (which(name) && a.dtype == ScalarType.Float32)
            {
                Assert.Equal(TensorMemory.Floats(a).ToArray(), TensorMemory.Floats(b).ToArray());
            }
        }
    }
}
