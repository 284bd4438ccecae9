using GpuSer.Cuda;
using GpuSer.Features.Image;

namespace GpuSer.Features.Stft;

/// <summary>The STFT of frames of any length: a kernel cuts and windows the frames, cuFFT transforms them.</summary>
internal sealed class StftCuFft : StftPlan
{
    // kernels/stft/frame.cu: threads of a block.
    private const int Block = 256;

    // Rows of whole sectors.
    private const int PitchMultiple = 8;

    private readonly DeviceBuffer<float> _framed;
    private readonly CudaFft _fft;

    /// <summary>Makes the table, the scratch and the transform's plan.</summary>
    /// <param name="kernels">The loaded kernels.</param>
    /// <param name="batch">Signals.</param>
    /// <param name="frames">Frames of each.</param>
    /// <param name="fftLength">Samples of a frame, at least 2.</param>
    /// <param name="hop">Samples from one frame to the next.</param>
    /// <param name="window">The window, or null for a periodic Hann window. [fftLength]</param>
    /// <exception cref="CudaException">cuFFT is missing or refuses.</exception>
    public StftCuFft(FeatureKernels kernels, int batch, int frames, int fftLength, int hop, float[]? window = null)
        : base(kernels.Context, batch, frames, AtLeastTwo(fftLength), hop, window)
    {
        CudaContext context = kernels.Context;
        int framePitch = (fftLength + PitchMultiple - 1) / PitchMultiple * PitchMultiple;
        _framed = new DeviceBuffer<float>(context, (long)batch * frames * framePitch);
        _fft = new CudaFft(context, fftLength, FftKind.RealToComplex, checked(batch * frames), framePitch, Pitch);
        Launch = new KernelLaunch(
            kernels.Get("frame", "gpuser_frame_f32"), new Dim3(frames, batch), Block, 0, 0ul, 0, 0, hop, fftLength, Window.Address, _framed.Address, framePitch);
    }

    public override KernelLaunch Launch { get; }

    /// <summary>Queues the transform, which comes after <see cref="Launch"/>, on a stream.</summary>
    public void Transform(CudaStream stream) => _fft.Run(_framed.Address, Spectrum.Address, stream);

    public override PlanNode AddTo(PlanSchedule schedule, params ReadOnlySpan<PlanNode> after) =>
        schedule.Add(Transform, schedule.Add(Launch, after));

    public override long FloorBytes(int count) =>
        InputBytes(count) + FeatureKernel.Sectors((long)Batch * Frames, (long)sizeof(float) * FftLength);

    public override void Discard(CudaStream stream)
    {
        _framed.Discard(stream);
        base.Discard(stream);
    }

    public override void Dispose()
    {
        _fft.Dispose();
        _framed.Dispose();
        base.Dispose();
    }

    private static int AtLeastTwo(int fftLength)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(fftLength, 2);
        return fftLength;
    }
}
