using GpuSer.Cuda;

namespace GpuSer;

/// <summary>One kernel of the way from samples to image, as a batch of some shape launches it.</summary>
/// <param name="Launch">The kernel with its grid and block.</param>
/// <param name="FloorBytes">
/// The least device memory it must touch, in bytes: its inputs once and its outputs once, in whole 32-byte sectors.
/// </param>
internal sealed record FeatureKernel(KernelLaunch Launch, long FloorBytes)
{
    private const long SectorBytes = 32;

    /// <summary>Bytes of the sectors that hold <paramref name="rows"/> rows of this many bytes, each beginning a sector.</summary>
    internal static long Sectors(long rows, long bytes) => rows * ((bytes + SectorBytes - 1) / SectorBytes * SectorBytes);
}
