using GpuSer.Cuda;

namespace GpuSer.Verification;

/// <summary>The kernels from samples to image.</summary>
internal static class StageComparisons
{
    /// <summary>Every stage of every signal, and the images of the batch.</summary>
    public static IEnumerable<Comparison> OfGolden(CudaContext context, GoldenFolder golden, FeatureOptions options)
    {
        using CudaFeatureExtractor extractor = new(context, options);
        foreach (string signal in golden.Signals)
        {
            foreach (FeatureStage stage in extractor.ComputeStages(golden.Load(signal, "voiced").Data))
            {
                // The blocks that rows are made of are stages themselves.
                if (stage.Name != "rows")
                    yield return Compare(stage, golden.Load(signal, stage.Name).Data, signal);
            }
        }

        if (golden.HasBatch)
        {
            float[][] padded = golden.LoadBatchSignals("padded");
            yield return CompareImages(extractor, padded, golden.LoadBatch("images").Data, $"batch of {padded.Length}");
        }
    }

    /// <summary>The images of a batch of noise against the CPU's: another shape, and so other grids and variants of kernels.</summary>
    public static IEnumerable<Comparison> OfNoise(CudaContext context, int batch, int samples, FeatureOptions options)
    {
        Random random = new(2);
        float[][] noise = [.. Enumerable.Range(0, batch).Select(_ => Enumerable.Range(0, samples).Select(_ => random.NextSingle() - 0.5f).ToArray())];
        float[] images = new float[checked(batch * FeatureExtractor.Frames(samples) * FeatureExtractor.Rows)];
        using (FeatureExtractor cpu = new())
            cpu.ComputeImages([.. noise.SelectMany(signal => signal)], batch, samples, images);
        using CudaFeatureExtractor extractor = new(context, options);
        yield return CompareImages(extractor, noise, images, $"noise {batch}x{samples}");
    }

    private static Comparison Compare(FeatureStage stage, float[] golden, string signal)
    {
        if (stage.Data.Length != golden.Length)
            return new Comparison(stage.Name, signal, double.PositiveInfinity, 0);
        return Tolerances.Relative(stage.Name, signal, device: true) is double limit
            ? new Comparison(stage.Name, signal, Difference.Between(stage.Data, golden).Relative, limit)
            : new Comparison(stage.Name, signal, Tolerances.ImageExcess(stage.Data, golden, signal, device: true), 1);
    }

    private static Comparison CompareImages(CudaFeatureExtractor extractor, float[][] signals, float[] expected, string name)
    {
        int count = signals[0].Length;
        using CudaStream stream = new(extractor.Context);
        using DeviceBuffer<float> samples = new(extractor.Context, [.. signals.SelectMany(signal => signal)]);
        using DeviceBuffer<float> image = new(extractor.Context, (long)signals.Length * FeatureExtractor.Frames(count) * FeatureExtractor.Rows);
        extractor.Run(samples.Address, count, signals.Length, count, image.Address, stream);
        float[] images = new float[image.Count];
        image.CopyTo(images, stream);
        return Compare(new FeatureStage("image", [images.Length], images), expected, name);
    }
}
