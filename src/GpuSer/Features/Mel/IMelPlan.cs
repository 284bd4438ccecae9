using GpuSer.Cuda;
using GpuSer.Features.Image;

namespace GpuSer.Features.Mel;

/// <summary>What a mel plan leaves behind, and when.</summary>
/// <param name="Peaks">Leaves the peaks and valleys of octave bands and the peaks for tunings.</param>
/// <param name="Mel">Leaves the mel spectrum and its maxima.</param>
internal readonly record struct MelNodes(PlanNode Peaks, PlanNode Mel);

/// <summary>
/// The mel spectrum for batches of one shape, by either way, and what else needs all powers of a frame and is therefore found by the way:
/// the peaks and valleys of octave bands, and the peaks for tunings.
/// </summary>
internal interface IMelPlan : IDisposable
{
    /// <summary>Largest mel power of each signal's groups of frames; the largest of a row is the signal's. [shape=(batch, groups)]</summary>
    DeviceBuffer<float> Maxima { get; }

    /// <summary>Groups of frames of a signal.</summary>
    int Groups { get; }

    /// <summary>The kernels with the least bytes each must touch.</summary>
    IEnumerable<FeatureKernel> Kernels { get; }

    /// <summary>Adds all steps to a schedule, after that of the spectrum.</summary>
    MelNodes AddTo(PlanSchedule schedule, PlanNode spectrum);

    /// <summary>Forgets what an earlier run left behind.</summary>
    void Discard(CudaStream stream);
}
