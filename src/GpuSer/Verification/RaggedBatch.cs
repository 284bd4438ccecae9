using GpuSer.Cuda;

namespace GpuSer.Verification;

/// <summary>Signals of different lengths in device memory, one after the other.</summary>
internal sealed class RaggedBatch : IDisposable
{
    public RaggedBatch(CudaContext context, float[][] signals)
    {
        long start = 0;
        Samples = new DeviceBuffer<float>(context, [.. signals.SelectMany(signal => signal)]);
        Starts = new DeviceBuffer<long>(context, [.. signals.Select(signal => (start += signal.Length) - signal.Length)]);
        Lengths = new DeviceBuffer<int>(context, [.. signals.Select(signal => signal.Length)]);
    }

    public DeviceBuffer<float> Samples { get; }

    /// <summary>Where each begins. [shape=(batch)]</summary>
    public DeviceBuffer<long> Starts { get; }

    /// <summary>Samples of each. [shape=(batch)]</summary>
    public DeviceBuffer<int> Lengths { get; }

    public void Dispose()
    {
        Samples.Dispose();
        Starts.Dispose();
        Lengths.Dispose();
    }
}
