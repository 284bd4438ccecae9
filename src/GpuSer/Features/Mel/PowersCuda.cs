using GpuSer.Cuda;
using GpuSer.Features.Chroma;
using GpuSer.Features.Contrast;
using GpuSer.Features.Stft;

namespace GpuSer.Features.Mel;

/// <summary>The kernel that writes out powers, for batches of one shape, and finds in them what the mel kernel does on the other way.</summary>
internal sealed class PowersCuda : IDisposable
{
    /// <summary>Floats from one frame's powers to the next: whole sectors.</summary>
    public const int Pitch = (StftTables.Bins + 7) / 8 * 8;

    // kernels/mel/powers.cu: threads of a block, frames of a block.
    private const int Block = 256;
    private const int FramesPerBlock = 8;

    private readonly long _signalFrames;
    private readonly ContrastCuda _contrast;
    private readonly TuningCuda _tuning;

    /// <summary>Allocates the powers' memory and makes the launch.</summary>
    /// <param name="kernels">The loaded kernels.</param>
    /// <param name="batch">Signals.</param>
    /// <param name="frames">Frames of each.</param>
    /// <param name="stft">The spectrum.</param>
    /// <param name="contrast">Where the peaks and valleys of the octave bands go.</param>
    /// <param name="tuning">Where the peaks for the tunings go.</param>
    public PowersCuda(FeatureKernels kernels, int batch, int frames, StftPlan stft, ContrastCuda contrast, TuningCuda tuning)
    {
        (_signalFrames, _contrast, _tuning) = ((long)batch * frames, contrast, tuning);
        Powers = new DeviceBuffer<float>(kernels.Context, _signalFrames * Pitch);
        int sharedPitch = Math.Max(Pitch, TuningCuda.PeakFloats);
        Launch = new KernelLaunch(
            kernels.Get("powers", "gpuser_powers_f32"),
            new Dim3((frames + FramesPerBlock - 1) / FramesPerBlock, batch),
            Block,
            FramesPerBlock * sharedPitch * sizeof(float),
            [
                stft.Spectrum.Address,
                stft.Pitch,
                StftTables.Bins,
                frames,
                sharedPitch,
                Powers.Address,
                Pitch,
                contrast.Bands.Address,
                ContrastTables.Count,
                contrast.Means.Address,
                .. tuning.PeakArguments,
            ]);
    }

    /// <summary>The powers. [shape=(batch, frames, Pitch); 1,025 of each row written]</summary>
    public DeviceBuffer<float> Powers { get; }

    /// <summary>The launch.</summary>
    public KernelLaunch Launch { get; }

    /// <summary>The least bytes the kernel must touch.</summary>
    public long FloorBytes =>
        FeatureKernel.Sectors(_signalFrames, 2L * sizeof(float) * StftTables.Bins)
        + FeatureKernel.Sectors(_signalFrames, (long)sizeof(float) * StftTables.Bins)
        + FeatureKernel.Sectors(1, (long)_contrast.Bands.Bytes)
        + _contrast.MeansBytes
        + FeatureKernel.Sectors(1, (long)_tuning.Counts.Bytes);

    public void Dispose() => Powers.Dispose();
}
