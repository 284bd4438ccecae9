using GpuSer.Audio;
using GpuSer.Cuda;
using GpuSer.Reference;

namespace GpuSer.PtxEmulator.Tests.Kernels;

/// <summary>The kernels that prepare signals give the very values of their CPU twins.</summary>
public sealed class SignalKernelTests
{
    private const int Guard = 3;

    [SkippableFact]
    public void Voiced_samples_of_the_goldens_are_exactly_the_golden_ones()
    {
        Skip.IfNot(Golden.Present, "golden files are absent");
        float[][] signals = [.. Golden.Signals.Select(signal => Golden.Load(signal, "signal").Data)];
        float[][] voiced = Select(signals, detectRaces: false, out _);
        for (int i = 0; i < signals.Length; i++)
            Assert.Equal(Golden.Load(Golden.Signals[i], "voiced").Data, voiced[i]);
    }

    [Fact]
    public void Voiced_samples_of_ragged_signals_are_the_CPUs()
    {
        float[][] signals =
        [
            [0.001f], [0], Silence(3000), Bursts(1, 1), Bursts(2, 2047), Bursts(3, 2048), Bursts(4, 2049), Bursts(5, 9000), [.. Bursts(6, 4096), .. Silence(5000)],
            [.. Silence(4500), 3e30f, .. Silence(4500)],
        ];
        float[][] voiced = Select(signals, detectRaces: true, out long[] energies);
        for (int i = 0; i < signals.Length; i++)
        {
            Assert.Equal(VoicedSamples.Select(signals[i]), voiced[i]);
            Assert.Equal(SignalAugmentation.Energy(voiced[i]), energies[i]);
        }
    }

    [Fact]
    public void Padding_is_the_CPUs_within_guards()
    {
        float[][] signals = [Bursts(1, 16000), Bursts(2, 1), Bursts(3, 2), Bursts(4, 777), Bursts(5, 15883), Bursts(6, 15882)];
        int padded = BatchPadding.PaddedLength(signals.Max(signal => signal.Length)), pitch = padded + Guard;
        using KernelDevice device = new(detectRaces: true);
        using SignalKernels kernels = new(device.Context);
        using RaggedBatch batch = new(device.Context, signals);
        using GuardedMemory result = new(device.Context, signals.Length * pitch);

        new BatchPaddingCuda(kernels, signals.Length, padded + 1500)
            .Run(batch.Samples.Address, batch.Starts.Address, batch.Lengths.Address, padded, result.Address, pitch, device.Stream);

        result.AssertGuards();
        for (int i = 0; i < signals.Length; i++)
        {
            float[] expected = new float[padded];
            BatchPadding.ReflectPad(signals[i], expected);
            AssertRow(expected, result.Values.Slice(i * pitch, pitch));
        }
    }

    [Fact]
    public void Augmentation_is_the_CPUs_within_guards()
    {
        const ulong Seed = 0x123456789abcdef0;
        const uint Index = 17;
        float[][] signals = [.. Enumerable.Range(0, 20).Select(i => Bursts(i, i == 0 ? 1 : i == 1 ? 2 : 300 * i))];
        AugmentationOptions options = new() { Probability = 0.7 };
        SignalAugmentation[] draws = [.. signals.Select((signal, i) => options.Draw(Seed, Index, (uint)i, signal.Length))];
        Assert.Contains(draws, draw => draw.Noise > 0 && draw.Shift > 0);
        Assert.Contains(draws, draw => draw.Noise == 0);
        Assert.Equal(3, draws.Select(draw => draw.Step.CompareTo(1UL << 32)).Distinct().Count());
        int padded = BatchPadding.PaddedLength(draws.Max(draw => draw.Length)), pitch = padded + Guard;
        using KernelDevice device = new(detectRaces: true);
        using SignalKernels kernels = new(device.Context);
        using RaggedBatch batch = new(device.Context, signals);
        using DeviceBuffer<long> energies = new(device.Context, [.. signals.Select(signal => SignalAugmentation.Energy(signal))]);
        using GuardedMemory result = new(device.Context, signals.Length * pitch);
        using DeviceBuffer<SignalAugmentation> drawn = new(device.Context, draws);

        new AugmentationCuda(kernels, signals.Length, padded + 700).Run(
            batch.Samples.Address, batch.Starts.Address, batch.Lengths.Address, energies.Address, drawn.Address, Seed, Index, padded, result.Address, pitch, device.Stream);

        result.AssertGuards();
        for (int i = 0; i < signals.Length; i++)
        {
            float[] augmented = new float[draws[i].Length], expected = new float[padded];
            draws[i].Apply(signals[i], Seed, Index, augmented);
            BatchPadding.ReflectPad(augmented, expected);
            AssertRow(expected, result.Values.Slice(i * pitch, pitch));
        }
    }

    private static void AssertRow(float[] expected, ReadOnlySpan<float> row)
    {
        Assert.Equal(expected, row[..expected.Length]);
        Assert.All(row[expected.Length..].ToArray(), value => Assert.True(float.IsNaN(value), "the end of a row was written"));
    }

    private static float[][] Select(float[][] signals, bool detectRaces, out long[] energies)
    {
        using KernelDevice device = new(detectRaces);
        using SignalKernels kernels = new(device.Context);
        using RaggedBatch batch = new(device.Context, signals);
        using VoicedSamplesCuda selection = new(kernels, signals.Length, signals.Max(signal => signal.Length) + 2500);
        selection.Run(batch.Samples.Address, batch.Starts.Address, batch.Lengths.Address, device.Stream);
        energies = new long[signals.Length];
        selection.Energies.CopyTo(energies, device.Stream);
        int[] lengths = selection.ReadLengths(device.Stream);
        return [.. lengths.Select((length, i) =>
        {
            float[] voiced = new float[length];
            if (length > 0)
                selection.Samples.CopyTo(voiced, device.Stream, (long)i * selection.Pitch);
            return voiced;
        })];
    }

    private static float[] Silence(int samples) => new float[samples];

    // Noise whose loudness goes from one side of the threshold to the other and back.
    private static float[] Bursts(int seed, int samples)
    {
        Random random = new(seed);
        return [.. Enumerable.Range(0, samples).Select(i => (float)(0.002 * ((2 * random.NextDouble()) - 1) * (1 + Math.Sin(i / 700.0))))];
    }
}
