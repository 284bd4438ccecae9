using GpuSer.Audio;
using GpuSer.Cuda;

namespace GpuSer.Verification;

/// <summary>The kernels that prepare signals: they give the very values of the golden files and of the CPU.</summary>
internal static class SignalComparisons
{
    private const ulong Seed = 0x123456789abcdef0;
    private const uint Index = 17;

    /// <summary>Voiced samples of all signals, padding of the batch, augmentation.</summary>
    public static IEnumerable<Comparison> Run(CudaContext context, GoldenFolder golden)
    {
        using SignalKernels kernels = new(context);
        using CudaStream stream = new(context);
        foreach (Comparison comparison in Voiced(kernels, golden, stream))
            yield return comparison;
        if (golden.HasBatch)
            yield return Padding(kernels, golden, stream);
        yield return Augmented(kernels, stream);
    }

    private static IEnumerable<Comparison> Voiced(SignalKernels kernels, GoldenFolder golden, CudaStream stream)
    {
        float[][] signals = [.. golden.Signals.Select(signal => golden.Load(signal, "signal").Data)];
        using RaggedBatch batch = new(kernels.Context, signals);
        using VoicedSamplesCuda selection = new(kernels, signals.Length, signals.Max(signal => signal.Length));
        selection.Run(batch.Samples.Address, batch.Starts.Address, batch.Lengths.Address, stream);
        int[] lengths = selection.ReadLengths(stream);
        long[] energies = new long[lengths.Length];
        selection.Energies.CopyTo(energies, stream);
        for (int i = 0; i < lengths.Length; i++)
        {
            float[] expected = golden.Load(golden.Signals[i], "voiced").Data, voiced = new float[lengths[i]];
            if (voiced.Length > 0)
                selection.Samples.CopyTo(voiced, stream, (long)i * selection.Pitch);
            yield return Comparison.Equal<float>("voiced", golden.Signals[i], voiced, expected);
            yield return Comparison.Equal<long>("energy", golden.Signals[i], [energies[i]], [SignalAugmentation.Energy(expected)]);
        }
    }

    private static Comparison Padding(SignalKernels kernels, GoldenFolder golden, CudaStream stream)
    {
        float[][] signals = golden.LoadBatchSignals("in"), expected = golden.LoadBatchSignals("padded");
        int padded = expected[0].Length;
        using RaggedBatch batch = new(kernels.Context, signals);
        using DeviceBuffer<float> result = new(kernels.Context, (long)signals.Length * padded);
        new BatchPaddingCuda(kernels, signals.Length, padded)
            .Run(batch.Samples.Address, batch.Starts.Address, batch.Lengths.Address, padded, result.Address, padded, stream);
        return Comparison.Equal<float>("padded", $"batch of {signals.Length}", Read(result, stream), [.. expected.SelectMany(signal => signal)]);
    }

    private static Comparison Augmented(SignalKernels kernels, CudaStream stream)
    {
        const int Count = 20;
        Random random = new(3);
        float[][] signals = [.. Enumerable.Range(1, Count).Select(i => Enumerable.Range(0, 300 * i).Select(_ => random.NextSingle() - 0.5f).ToArray())];
        AugmentationOptions options = new() { Probability = 0.7 };
        SignalAugmentation[] draws = [.. signals.Select((signal, i) => options.Draw(Seed, Index, (uint)i, signal.Length))];
        int padded = BatchPadding.PaddedLength(draws.Max(draw => draw.Length));
        using RaggedBatch batch = new(kernels.Context, signals);
        using DeviceBuffer<long> energies = new(kernels.Context, [.. signals.Select(signal => SignalAugmentation.Energy(signal))]);
        using DeviceBuffer<float> result = new(kernels.Context, Count * (long)padded);
        using DeviceBuffer<SignalAugmentation> drawn = new(kernels.Context, draws);
        new AugmentationCuda(kernels, Count, padded).Run(
            batch.Samples.Address, batch.Starts.Address, batch.Lengths.Address, energies.Address, drawn.Address, Seed, Index, padded, result.Address, padded, stream);

        float[] expected = new float[Count * padded];
        for (int i = 0; i < Count; i++)
        {
            float[] augmented = new float[draws[i].Length];
            draws[i].Apply(signals[i], Seed, Index, augmented);
            BatchPadding.ReflectPad(augmented, expected.AsSpan(i * padded, padded));
        }

        return Comparison.Equal<float>("augmented", $"noise of {Count} lengths", Read(result, stream), expected);
    }

    private static float[] Read(DeviceBuffer<float> buffer, CudaStream stream)
    {
        float[] values = new float[buffer.Count];
        buffer.CopyTo(values, stream);
        return values;
    }
}
