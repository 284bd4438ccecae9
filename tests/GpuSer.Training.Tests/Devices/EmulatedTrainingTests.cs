using GpuSer.Audio;
using GpuSer.Cuda;
using GpuSer.PtxEmulator;
using GpuSer.PtxEmulator.Counters;
using GpuSer.Training.Augmentation;
using GpuSer.Training.Models;
using GpuSer.Training.Optimisation;
using GpuSer.Training.Weights;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace GpuSer.Training.Tests.Devices;

public sealed class EmulatedTrainingTests : IDisposable
{
    private static readonly float[][] Signals = [Noisy(0, 0, 0), Noisy(1, 1, 1)[..5000], Noisy(2, 0, 2)];

    private readonly EmulatedCudaDriver _driver = new();
    private readonly CudaContext _context;

    public EmulatedTrainingTests() => _context = new CudaContext(_driver);

    public void Dispose()
    {
        _context.Dispose();
        _driver.Dispose();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Images_are_the_cpus_and_only_signals_are_copied_unless_they_are_kept(bool kept)
    {
        using DisposeScope scope = NewDisposeScope();
        using ImageBatch cpu = ImageBatch.On(null, FeatureOptions.Default, 1);
        using DeviceImageBatch device = new(_context, FeatureOptions.Default, mostKept: kept ? 1 << 20 : 1000);
        device.Keep(Signals);
        ReadOnlyMemory<float>[] batch = [.. Signals];
        Tensor expected = cpu.Fill(batch), first = device.Fill(batch);
        _driver.ResetCounters();

        Tensor second = device.Fill(batch);

        DriverCounters counters = _driver.DriverCounters;
        long described = batch.Length * 52, passing = kept ? 0 : Signals.Sum(signal => signal.Length) * sizeof(float);
        Assert.Equal((kept ? 1 : 2, described + passing), (counters.HostToDeviceCopies, counters.HostToDeviceBytes));
        Assert.Equal((0, 0), (counters.DeviceToHostCopies, counters.DeviceToDeviceCopies));
        Assert.Equal((0, 1, 1), (counters.Allocations, counters.HostRegistrations, counters.GraphLaunches));
        Assert.Equal(expected.shape, second.shape);
        Assert.NotEqual(TensorMemory.Address(first), TensorMemory.Address(second));
        Assert.InRange(Tolerances.ImageExcess(TensorMemory.Floats(first), TensorMemory.Floats(expected), "noisy", device: true), 0, 1);
        Assert.True(TensorMemory.Floats(first).SequenceEqual(TensorMemory.Floats(second)));

        // CutMix moves values and computes none, so the same values give the same bits.
        CutMix mix = new(new ImageBox(3, 20, 50, 201), [2, 0, 1], 0.5);
        device.Mix(second, mix);
        mix.Apply(first);
        Assert.True(TensorMemory.Floats(first).SequenceEqual(TensorMemory.Floats(second)));
        Assert.Equal(0, _driver.DriverCounters.DeviceToHostCopies);

        _driver.ResetCounters();
        device.Fill(batch);
        counters = _driver.DriverCounters;
        Assert.Equal(0, counters.Allocations + counters.HostAllocations + counters.HostRegistrations);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Augmented_and_cropped_signals_give_the_cpus_images(bool kept)
    {
        using DisposeScope scope = NewDisposeScope();
        using ImageBatch cpu = ImageBatch.On(null, FeatureOptions.Default, 1);
        using DeviceImageBatch device = new(_context, FeatureOptions.Default, mostKept: kept ? 1 << 20 : 0);
        device.Keep(Signals);
        ReadOnlyMemory<float>[] signals = [Signals[2].AsMemory(100, 6000), Signals[0], Signals[1].AsMemory(0, 4000)];
        AugmentationOptions options = new() { Probability = 1 };
        SignalBatch batch = new(signals)
        {
            Augmentation = new BatchAugmentation([.. signals.Select((signal, i) => options.Draw(7, 3, (uint)i, signal.Length))], 7, 3),
        };

        cpu.Begin(batch);
        device.Begin(batch);
        Tensor expected = cpu.Take(), images = device.Take();

        Assert.Equal(expected.shape, images.shape);
        Assert.Equal(1 + (batch.PaddedLength / 512), images.shape[1]);
        Assert.InRange(Tolerances.ImageExcess(TensorMemory.Floats(images), TensorMemory.Floats(expected), "noisy", device: true), 0, 1);
        Tensor plain = cpu.Fill(signals);
        Assert.NotEqual(TensorMemory.Floats(plain)[5000], TensorMemory.Floats(expected)[5000]);
    }

    [Fact]
    public void A_batch_made_ahead_leaves_the_one_in_use_alone()
    {
        using DisposeScope scope = NewDisposeScope();
        using ImageBatch device = ImageBatch.On(_context, FeatureOptions.Default, 1);
        using ImagesAhead ahead = new(device);
        SignalBatch first = new([Signals[0]]), second = new([Signals[1], Signals[2]]);

        Tensor images = ahead.Take(first, default);
        float[] before = TensorMemory.Floats(images).ToArray();
        ahead.Begin(second, default);
        Tensor next = ahead.Take(second, default);
        device.Mix(next, new CutMix(new ImageBox(0, 5, 0, 9), [1, 0], 0.5));

        Assert.True(TensorMemory.Floats(images).SequenceEqual(before));
        Assert.Equal([2, 32, 230], next.shape);
    }

    [Fact]
    public void Errors_of_a_batch_made_ahead_come_with_it_and_are_nobodys_where_it_is_not_wanted()
    {
        using ImageBatch images = ImageBatch.On(null, FeatureOptions.Default, 1);
        using ImagesAhead ahead = new(images);
        SignalBatch bad = new([ReadOnlyMemory<float>.Empty]), good = new([Signals[0]]);

        ahead.Begin(bad, default);
        Assert.Throws<ArgumentOutOfRangeException>(() => ahead.Take(bad, default));

        ahead.Begin(bad, default);
        ahead.Take(good, default).Dispose();
    }

    [Fact]
    public void Tensors_are_the_devices_no_longer_than_they_live()
    {
        Tensor tensor = zeros(100);
        DeviceTensor memory = new(_context, tensor);
        Assert.Throws<CudaException>(() => new DeviceTensor(_context, tensor));

        memory.Dispose();

        using DeviceTensor again = new(_context, tensor);
        Assert.Equal(memory.Address, again.Address);
        tensor.Dispose();
    }

    [Fact]
    public void Adam_on_the_device_is_the_cpus_and_clears_the_gradients()
    {
        using DisposeScope scope = NewDisposeScope();
        manual_seed(3);
        Parameter[] ours = [nn.Parameter(randn(37, 5)), nn.Parameter(randn(1000))];
        Parameter[] theirs = [.. ours.Select(parameter => nn.Parameter(parameter.detach().clone()))];
        AdamOptions options = new() { LearningRate = 0.01 };
        using DeviceAdam device = new(_context, Named(ours), options);
        using FusedAdam cpu = new(Named(theirs), options, 1);

        for (int step = 0; step < 3; step++)
        {
            foreach ((Parameter[] parameters, IOptimiser adam) in new (Parameter[], IOptimiser)[] { (ours, device), (theirs, cpu) })
            {
                Array.ForEach(parameters, parameter => (parameter * parameter).sum().backward());
                adam.Step();
                Assert.All(parameters, parameter => Assert.Equal(0, TensorMemory.Gradient(parameter)?.abs().max().item<float>() ?? 0));
            }
        }

        Assert.All(
            ours.Zip(theirs),
            pair => Assert.InRange(Difference.Between(TensorMemory.Floats(pair.First), TensorMemory.Floats(pair.Second)).Relative, 0, 1e-6));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_training_has_the_cpus_losses_and_copies_no_image_back(bool padded)
    {
        using SpokenCorpus spoken = new(1, 4, 'F', 'W');
        foreach (string file in Directory.GetFiles(spoken.Folder))
        {
            spoken.Write(Path.GetFileName(file), Noise(AudioFile.ReadMono(file)));
        }

        TrainOptions options = new()
        {
            Epochs = 1,
            Batch = 3,
            PadBatches = padded,
            Seed = 2,
            Threads = 1,
            Network = new VggOptions { WidthDivisor = 32, Hidden = 16 },
        };
        TrainResult cpu = Trainer.Run(spoken.Corpus, options, spoken.Runs + "1");
        _driver.ResetCounters();

        TrainResult device = Trainer.Run(spoken.Corpus, options, spoken.Runs + "2", device: _context);

        Assert.Equal(("cpu", "emulated"), (cpu.Run.Configuration.Device, device.Run.Configuration.Device));
        Assert.Equal(0, _driver.DriverCounters.DeviceToHostCopies);
        Assert.True(_driver.DriverCounters.GraphLaunches > 0);
        Assert.Equal(cpu.Best.TrainLoss, device.Best.TrainLoss, 1e-3);
        Assert.Equal(cpu.Best.TestLoss, device.Best.TestLoss, 1e-3);
        AssertWeightsAgree(cpu.Run.LastWeights, device.Run.LastWeights, options.Rate());
    }

    private static IEnumerable<(string, Parameter)> Named(Parameter[] parameters) => parameters.Select((parameter, i) => ($"{i}", parameter));

    // Adam's first steps are one rate long whatever the gradient's size, so that a weight whose gradient is all but zero may go either way: the
    // mean is judged, where weights that did not move would be some rates apart.
    private static void AssertWeightsAgree(string cpuFile, string deviceFile, double rate)
    {
        using Vgg cpu = ModelFile.Load(cpuFile).Network, device = ModelFile.Load(deviceFile).Network;
        double sum = 0;
        long count = 0;
        foreach (((string name, Tensor tensor), (_, Tensor other)) in cpu.State().Zip(device.State()))
        {
            if (tensor.dtype != ScalarType.Float32 || cpu.IsBiasBeforeBatchNorm(name))
            {
                continue;
            }

            ReadOnlySpan<float> expected = TensorMemory.Floats(tensor), actual = TensorMemory.Floats(other);
            if (name.Contains("running", StringComparison.Ordinal))
            {
                Assert.InRange(Difference.Between(actual, expected).Relative, 0, 1e-3);
                continue;
            }

            count += expected.Length;
            for (int i = 0; i < expected.Length; i++)
            {
                sum += Math.Abs((double)actual[i] - expected[i]);
            }
        }

        Assert.InRange(sum / count, 0, 0.02 * rate);
    }

    private static float[] Noisy(int emotion, int speaker, int text) => Noise(SpokenCorpus.Chord(emotion, speaker, text));

    // Without a floor of noise, contrast judges the rounding between a chord's partials.
    private static float[] Noise(float[] samples)
    {
        Random random = new(4);
        return [.. samples.Select(sample => sample + (0.05f * (random.NextSingle() - 0.5f)))];
    }
}
