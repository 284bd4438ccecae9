using GpuSer.Cuda;
using GpuSer.Features.Image;
using GpuSer.Features.Stft;

namespace GpuSer.Features.Chroma;

/// <summary>The chroma kernel for batches of one shape.</summary>
internal sealed class ChromaCuda : IChromaPlan
{
    // kernels/chroma/chroma.cu: threads of a block, frames of a block.
    private const int Block = 128;
    private const int FramesPerBlock = 4;

    private readonly KernelLaunch _launch;
    private readonly long _signalFrames;
    private readonly int _batch;

    /// <summary>Makes the launch.</summary>
    /// <param name="kernels">The loaded kernels.</param>
    /// <param name="batch">Signals.</param>
    /// <param name="frames">Frames of each.</param>
    /// <param name="stft">The spectrum.</param>
    /// <param name="tunings">Device address of the signals' tunings. [shape=(batch)]</param>
    /// <param name="rows">Device address of the rows. [shape=(batch, frames, rowPitch)]</param>
    /// <param name="rowPitch">Floats from one frame to the next.</param>
    /// <param name="column">First of the 12 columns to write.</param>
    public ChromaCuda(FeatureKernels kernels, int batch, int frames, StftPlan stft, ulong tunings, ulong rows, int rowPitch, int column)
    {
        (_batch, _signalFrames) = (batch, (long)batch * frames);
        _launch = new KernelLaunch(
            kernels.Get("chroma", "gpuser_chroma_f32"),
            new Dim3((frames + FramesPerBlock - 1) / FramesPerBlock, batch),
            Block,
            0,
            stft.Spectrum.Address,
            stft.Pitch,
            StftTables.Bins,
            frames,
            tunings,
            kernels.Tables(context => new ChromaDeviceTables(context)).Bank.Address,
            rows,
            rowPitch,
            column);
    }

    public IEnumerable<FeatureKernel> Kernels =>
    [
        new(
            _launch,
            FeatureKernel.Sectors(_signalFrames, 2L * sizeof(float) * StftTables.Bins)
                + FeatureKernel.Sectors(1, 2L * sizeof(int) * _batch)
                + FeatureKernel.Sectors(1, sizeof(float) * ChromaDeviceTables.BankFloats)
                + FeatureKernel.Sectors(_signalFrames, sizeof(float) * ChromaTables.Classes)),
    ];

    public PlanNode AddTo(PlanSchedule schedule, PlanNode tuning) => schedule.Add(_launch, tuning);

    public void Dispose()
    {
    }
}
