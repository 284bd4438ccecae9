using GpuSer.Cuda;
using GpuSer.PtxEmulator;
using GpuSer.Training.Data;
using GpuSer.Training.Inference;
using GpuSer.Training.Models;
using GpuSer.Training.Weights;
using static TorchSharp.torch;

namespace GpuSer.Training.Tests.Devices;

public sealed class EmulatedInferenceTests : IDisposable
{
    private readonly string _weights = Path.Combine(Path.GetTempPath(), $"gpuser-{Guid.NewGuid():N}.safetensors");

    public void Dispose() => File.Delete(_weights);

    [Fact]
    public void Logits_are_the_cpus_within_the_devices_tolerance_and_no_image_is_copied_back()
    {
        VggOptions options = new() { WidthDivisor = 32, Hidden = 16 };
        manual_seed(5);
        using (Vgg network = new(options))
        {
            ModelFile.Save(_weights, network, new ModelDescription
            {
                Labels = EmotionLabels.EmoDb,
                Network = options,
                Recipe = FeatureOptions.RecipeVersion,
                Features = FeatureOptions.Default,
            });
        }

        Random random = new(6);
        float[] signal = [.. SpokenCorpus.Chord(1, 0, 2).Select(sample => sample + (0.05f * (random.NextSingle() - 0.5f)))];
        using EmulatedCudaDriver driver = new();
        using CudaContext context = new(driver);
        using EmotionClassifier cpu = EmotionClassifier.Load(_weights, threads: 1);
        using EmotionClassifier device = EmotionClassifier.Load(_weights, threads: 1, context);

        float[] expected = cpu.Logits(signal), actual = device.Logits(signal);

        Assert.InRange(Difference.Between(actual, expected).Relative, 0, 1e-3);
        Assert.Equal((1, 0), (driver.DriverCounters.GraphLaunches, driver.DriverCounters.DeviceToHostCopies));
    }
}
