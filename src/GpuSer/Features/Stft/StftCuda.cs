using GpuSer.Cuda;
using GpuSer.Features.Image;

namespace GpuSer.Features.Stft;

/// <summary>The fused STFT kernel for batches of one shape: frames, window and transform at once.</summary>
internal sealed class StftCuda : StftPlan
{
    // kernels/stft/stft.cu: threads of a block, complex points of a thread.
    private const int Block = 256;
    private const int PointsPerThread = 8;

    private readonly DeviceBuffer<float> _twiddles;

    /// <summary>Makes the tables and the launch.</summary>
    /// <param name="kernels">The loaded kernels.</param>
    /// <param name="batch">Signals.</param>
    /// <param name="frames">Frames of each.</param>
    /// <param name="fftLength">Samples of a frame, a power of two from 256 to 4096.</param>
    /// <param name="hop">Samples from one frame to the next.</param>
    /// <param name="window">The window, or null for a periodic Hann window. [fftLength]</param>
    public StftCuda(
        FeatureKernels kernels, int batch, int frames, int fftLength = StftTables.FftLength, int hop = StftTables.HopLength, float[]? window = null)
        : base(kernels.Context, batch, frames, Fused(fftLength), hop, window)
    {
        _twiddles = new DeviceBuffer<float>(kernels.Context, StftCudaTables.Twiddles(fftLength));
        int framesPerBlock = Block * PointsPerThread / (fftLength / 2);
        Launch = new KernelLaunch(
            kernels.Get("stft", $"gpuser_stft{fftLength}_f32"),
            new Dim3((frames + framesPerBlock - 1) / framesPerBlock, batch),
            Block,
            0,
            0ul,
            0,
            0,
            hop,
            frames,
            Window.Address,
            _twiddles.Address,
            Spectrum.Address,
            Pitch);
    }

    public override KernelLaunch Launch { get; }

    public override PlanNode AddTo(PlanSchedule schedule, params ReadOnlySpan<PlanNode> after) => schedule.Add(Launch, after);

    public override long FloorBytes(int count) =>
        InputBytes(count)
        + FeatureKernel.Sectors(1, (long)_twiddles.Bytes)
        + FeatureKernel.Sectors((long)Batch * Frames, 2L * sizeof(float) * ((FftLength / 2) + 1));

    public override void Dispose()
    {
        _twiddles.Dispose();
        base.Dispose();
    }

    // Before anything is allocated.
    private static int Fused(int fftLength) => StftCudaTables.IsFused(fftLength)
        ? fftLength
        : throw new ArgumentException($"frames of {fftLength} samples; the fused kernel takes powers of two from 256 to 4096", nameof(fftLength));
}
