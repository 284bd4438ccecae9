using GpuSer.Cuda;

namespace GpuSer.Features.Chroma;

/// <summary>
/// Tunings for batches of one shape: the peaks that they are estimated from, which a kernel that has all powers at hand finds, and the
/// kernel that estimates.
/// </summary>
internal sealed class TuningCuda : IDisposable
{
    /// <summary>What tunings are estimated for, and in which order they are kept: chroma, from powers, and constant-Q, from magnitudes.</summary>
    private const int Uses = 2;

    /// <summary>Floats of shared memory that the search for a frame's peaks needs (kernels/chroma/peaks.cuh).</summary>
    public const int PeakFloats = 376 + (4 * 180);

    // kernels/chroma: peaks.cuh, tuning.cu.
    private const int PeakPitch = 184;
    private const int PeakBinPitch = 192;
    private const int Block = 512;

    private readonly DeviceBuffer<ulong> _scratch;
    private readonly int _batch;

    /// <summary>Allocates the scratch and makes the launch.</summary>
    /// <param name="kernels">The loaded kernels.</param>
    /// <param name="batch">Signals.</param>
    /// <param name="frames">Frames of each.</param>
    public TuningCuda(FeatureKernels kernels, int batch, int frames)
    {
        long signalFrames = (long)batch * frames;
        _batch = batch;
        Edges = kernels.Tables(context => new TuningDeviceTables(context)).Edges;
        Strengths = new DeviceBuffer<float>(kernels.Context, Uses * signalFrames * PeakPitch);
        Bins = new DeviceBuffer<byte>(kernels.Context, Uses * signalFrames * PeakBinPitch);
        _scratch = new DeviceBuffer<ulong>(kernels.Context, Uses * signalFrames * PeakPitch);
        Counts = new DeviceBuffer<int>(kernels.Context, Uses * signalFrames);
        Tunings = new DeviceBuffer<int>(kernels.Context, Uses * batch);
        Launch = new KernelLaunch(
            kernels.Get("tuning", "gpuser_tuning_f32"),
            new Dim3(batch, Uses),
            Block,
            0,
            Strengths.Address,
            Bins.Address,
            Counts.Address,
            frames,
            _scratch.Address,
            Tunings.Address);
    }

    /// <summary>What the last parameters of a kernel that finds peaks are, from its edges on.</summary>
    public KernelArgument[] PeakArguments =>
    [
        Edges.Address, TuningDeviceTables.FirstEdge, TuningDeviceTables.LogA0, Strengths.Address, Bins.Address, Counts.Address,
    ];

    /// <summary>Edges between the bins of the histogram.</summary>
    public DeviceBuffer<float> Edges { get; }

    /// <summary>Strengths of the peaks of powers, then of magnitudes. [shape=(2, batch, frames, 184)]</summary>
    public DeviceBuffer<float> Strengths { get; }

    /// <summary>Histogram bin of each peak. [shape=(2, batch, frames, 192)]</summary>
    public DeviceBuffer<byte> Bins { get; }

    /// <summary>Peaks of each frame. [shape=(2, batch, frames)]</summary>
    public DeviceBuffer<int> Counts { get; }

    /// <summary>Comes after the kernel that finds peaks.</summary>
    public KernelLaunch Launch { get; }

    /// <summary>Tunings by index, each signal's for chroma, then each signal's for the constant-Q transform. [shape=(2, batch)]</summary>
    public DeviceBuffer<int> Tunings { get; }

    /// <summary>Device address of the tunings for chroma. [shape=(batch)]</summary>
    public ulong ChromaTunings => Tunings.Address;

    /// <summary>Device address of the tunings for the constant-Q transform. [shape=(batch)]</summary>
    public ulong ConstantQTunings => Tunings.Address + ((ulong)_batch * sizeof(int));

    /// <summary>The least bytes the kernel must touch; how many peaks there are is up to the signal and not counted.</summary>
    public long FloorBytes => FeatureKernel.Sectors(1, (long)Counts.Bytes) + FeatureKernel.Sectors(1, (long)Tunings.Bytes);

    /// <summary>Forgets what an earlier run left behind.</summary>
    public void Discard(CudaStream stream)
    {
        Strengths.Discard(stream);
        Bins.Discard(stream);
        _scratch.Discard(stream);
        Counts.Discard(stream);
        Tunings.Discard(stream);
    }

    /// <summary>Reads back the first signal's tunings: for chroma, and for the constant-Q transform; fractions of a step.</summary>
    public (float Chroma, float ConstantQ) Read(CudaStream stream)
    {
        int[] tunings = new int[Uses * _batch];
        Tunings.CopyTo(tunings, stream);
        return ((float)TuningTables.Value(tunings[0]), (float)TuningTables.Value(tunings[_batch]));
    }

    public void Dispose()
    {
        Tunings.Dispose();
        Counts.Dispose();
        _scratch.Dispose();
        Bins.Dispose();
        Strengths.Dispose();
    }
}
