using GpuSer.Cuda;
using GpuSer.Features.Image;

namespace GpuSer.Features.Stft;

/// <summary>The short-time Fourier transform of batches of one shape, by either way: its tables, its kernel and the spectrum it writes.</summary>
internal abstract class StftPlan : IDisposable
{
    // Of both kernels that read samples: stft.cu's and frame.cu's.
    private const int SamplesArgument = 0;
    private const int SamplePitchArgument = 1;
    private const int CountArgument = 2;

    /// <summary>Makes the window and the spectrum's memory.</summary>
    /// <param name="context">The context.</param>
    /// <param name="batch">Signals.</param>
    /// <param name="frames">Frames of each.</param>
    /// <param name="fftLength">Samples of a frame.</param>
    /// <param name="hop">Samples from one frame to the next, at least 1.</param>
    /// <param name="window">The window, or null for a periodic Hann window. [fftLength]</param>
    protected StftPlan(CudaContext context, int batch, int frames, int fftLength, int hop, float[]? window)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(hop, 1);
        (Batch, Frames, FftLength, Hop) = (batch, frames, fftLength, hop);
        Pitch = StftCudaTables.SpectrumPitch(fftLength);
        Window = new DeviceBuffer<float>(context, window ?? [.. StftTables.HannWindow(fftLength).Select(value => (float)value)]);
        Spectrum = new DeviceBuffer<float>(context, 2L * Pitch * batch * frames);
    }

    /// <summary>Complex values from one frame's spectrum to the next.</summary>
    public int Pitch { get; }

    /// <summary>The spectrum. [shape=(batch, frames, pitch), complex; fftLength / 2 + 1 of each row written]</summary>
    public DeviceBuffer<float> Spectrum { get; }

    /// <summary>The kernel that reads the samples; <see cref="SetSamples"/> comes first.</summary>
    public abstract KernelLaunch Launch { get; }

    protected int Batch { get; }

    protected int Frames { get; }

    protected int FftLength { get; }

    protected int Hop { get; }

    protected DeviceBuffer<float> Window { get; }

    // The least bytes that the window, and the samples that any frame covers, take.
    protected long InputBytes(int count)
    {
        long used = Math.Min(count, ((long)(Frames - 1) * Hop) + (FftLength / 2));
        return FeatureKernel.Sectors(Batch, sizeof(float) * used) + FeatureKernel.Sectors(1, (long)Window.Bytes);
    }

    /// <summary>Makes the transform that the recipe has, frames of 2,048 samples every 512, in the way asked for.</summary>
    /// <param name="method">The way.</param>
    /// <param name="kernels">The loaded kernels.</param>
    /// <param name="batch">Signals.</param>
    /// <param name="frames">Frames of each.</param>
    public static StftPlan Make(StftMethod method, FeatureKernels kernels, int batch, int frames) =>
        Make(method, kernels, batch, frames, StftTables.FftLength, StftTables.HopLength, null);

    /// <summary>Makes a transform in the way asked for; the fused one takes powers of two from 256 to 4096.</summary>
    /// <param name="method">The way.</param>
    /// <param name="kernels">The loaded kernels.</param>
    /// <param name="batch">Signals.</param>
    /// <param name="frames">Frames of each.</param>
    /// <param name="fftLength">Samples of a frame.</param>
    /// <param name="hop">Samples from one frame to the next.</param>
    /// <param name="window">The window, or null for a periodic Hann window. [fftLength]</param>
    public static StftPlan Make(StftMethod method, FeatureKernels kernels, int batch, int frames, int fftLength, int hop, float[]? window) =>
        method == StftMethod.CuFft
            ? new StftCuFft(kernels, batch, frames, fftLength, hop, window)
            : new StftCuda(kernels, batch, frames, fftLength, hop, window);

    /// <summary>Says where the samples are.</summary>
    /// <param name="samples">Device address. [shape=(batch, pitch)]</param>
    /// <param name="pitch">Samples from one signal to the next.</param>
    /// <param name="count">Samples of each signal that count, at least 1.</param>
    public void SetSamples(ulong samples, int pitch, int count)
    {
        Launch.Set(SamplesArgument, samples);
        Launch.Set(SamplePitchArgument, pitch);
        Launch.Set(CountArgument, count);
    }

    /// <summary>Adds all steps to a schedule; the node returned is the one that leaves the spectrum.</summary>
    public abstract PlanNode AddTo(PlanSchedule schedule, params ReadOnlySpan<PlanNode> after);

    /// <summary>The least bytes that <see cref="Launch"/> must touch for signals of this many samples.</summary>
    public abstract long FloorBytes(int count);

    /// <summary>Forgets what an earlier run left behind.</summary>
    public virtual void Discard(CudaStream stream) => Spectrum.Discard(stream);

    public virtual void Dispose()
    {
        Spectrum.Dispose();
        Window.Dispose();
    }
}
