using GpuSer.Cuda;

namespace GpuSer.PtxEmulator.Reports;

/// <summary>A batch of noise of a fixed seed in device memory, and what makes images of it: what reports run.</summary>
internal sealed class NoiseBatch : IDisposable
{
    // Rows that begin a sector; what a plan's own buffers have.
    private const int PitchAlignment = 8;

    private readonly CudaFeatureExtractor _extractor;
    private readonly DeviceBuffer<float> _signals, _image;
    private readonly int _batch, _samples, _pitch;

    /// <summary>Uploads the noise and plans.</summary>
    /// <param name="context">The context; it must outlive this object.</param>
    /// <param name="batch">Signals, at least 1.</param>
    /// <param name="samples">Samples of each, at least 1.</param>
    public NoiseBatch(CudaContext context, int batch, int samples)
    {
        (_batch, _samples, _pitch) = (batch, samples, (samples + PitchAlignment - 1) / PitchAlignment * PitchAlignment);
        _extractor = new CudaFeatureExtractor(context);
        Kernels = _extractor.Kernels(batch, samples);
        _signals = new DeviceBuffer<float>(context, Noise(batch * _pitch));
        _image = new DeviceBuffer<float>(context, (long)batch * FeatureExtractor.Frames(samples) * FeatureExtractor.Rows);
    }

    /// <summary>The kernels in the order in which they run.</summary>
    public IReadOnlyList<FeatureKernel> Kernels { get; }

    /// <summary>Queues the whole graph on a stream.</summary>
    public void Run(CudaStream stream) => _extractor.Run(_signals.Address, _pitch, _batch, _samples, _image.Address, stream);

    public void Dispose()
    {
        _image.Dispose();
        _signals.Dispose();
        _extractor.Dispose();
    }

    private static float[] Noise(int count)
    {
        float[] values = new float[count];
        Random random = new(1);
        foreach (ref float value in values.AsSpan())
            value = (float)((2 * random.NextDouble()) - 1);
        return values;
    }
}
