using GpuSer.Cuda;
using GpuSer.Features.Image;

namespace GpuSer.Features.Tonnetz;

/// <summary>Constant-Q transform and tonnetz for batches of one shape, by either way: from the samples and the tunings to the rows.</summary>
internal interface ITonnetzPlan : IDisposable
{
    /// <summary>Pitch classes of the constant-Q transform, each frame over its largest. [shape=(batch, frames, 12)]</summary>
    DeviceBuffer<float> Chroma { get; }

    /// <summary>The constant-Q transform, where it is kept. [shape=(batch, frames, 252)]</summary>
    DeviceBuffer<float>? Magnitudes { get; }

    /// <summary>The launches that read the samples, which <see cref="SetSamples"/> changes.</summary>
    IReadOnlyList<KernelLaunch> Readers { get; }

    /// <summary>Says where the samples are.</summary>
    /// <param name="samples">Device address. [shape=(batch, pitch)]</param>
    /// <param name="pitch">Samples from one signal to the next.</param>
    /// <param name="count">Samples of each signal that count, at least 1.</param>
    void SetSamples(ulong samples, int pitch, int count);

    /// <summary>The kernels with the least bytes each must touch for signals of this many samples, tables apart.</summary>
    IEnumerable<FeatureKernel> Kernels(int count);

    /// <summary>Adds all steps to a schedule, after that of the tunings; the node returned leaves the rows.</summary>
    PlanNode AddTo(PlanSchedule schedule, PlanNode tuning);

    /// <summary>Forgets what an earlier run left behind.</summary>
    void Discard(CudaStream stream);
}
