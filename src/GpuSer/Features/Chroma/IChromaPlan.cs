using GpuSer.Cuda;
using GpuSer.Features.Image;

namespace GpuSer.Features.Chroma;

/// <summary>Chroma for batches of one shape, by either way: from the spectra, or their powers, and the tunings to the rows.</summary>
internal interface IChromaPlan : IDisposable
{
    /// <summary>The kernels with the least bytes each must touch.</summary>
    IEnumerable<FeatureKernel> Kernels { get; }

    /// <summary>Adds all steps to a schedule, after that of the tunings; the node returned leaves the rows.</summary>
    PlanNode AddTo(PlanSchedule schedule, PlanNode tuning);

    /// <summary>Forgets what an earlier run left behind.</summary>
    void Discard(CudaStream stream)
    {
    }
}
