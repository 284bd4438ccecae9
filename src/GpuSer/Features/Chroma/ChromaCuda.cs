using GpuSer.Cuda;
using GpuSer.Features.Stft;

namespace GpuSer.Features.Chroma;

/// <summary>
/// The kernels of tuning and chroma for batches of one shape, and what they keep between them. The mel kernel, which has all powers at
/// hand, finds the peaks.
/// </summary>
internal sealed class ChromaCuda : IDisposable
{
    /// <summary>What tunings are estimated for, and in which order they are kept: chroma, from powers, and constant-Q, from magnitudes.</summary>
    private const int Uses = 2;

    /// <summary>Floats of shared memory that the search for a frame's peaks needs (kernels/chroma/peaks.cuh).</summary>
    public const int PeakFloats = 376 + (4 * 180);

    // kernels/chroma: peaks.cuh, tuning.cu, chroma.cu.
    private const int PeakPitch = 184;
    private const int PeakBinPitch = 192;
    private const int TuningBlock = 512;
    private const int ChromaBlock = 128;
    private const int ChromaFrames = 4;

    private readonly DeviceBuffer<ulong> _scratch;
    private readonly long _signalFrames;
    private readonly int _batch;

    /// <summary>Allocates the scratch and makes the launches.</summary>
    /// <param name="kernels">The loaded kernels.</param>
    /// <param name="batch">Signals.</param>
    /// <param name="frames">Frames of each.</param>
    /// <param name="spectrum">Device address of the complex spectrum. [shape=(batch, frames, spectrumPitch)]</param>
    /// <param name="spectrumPitch">Complex values from one frame to the next, even.</param>
    /// <param name="rows">Device address of the rows. [shape=(batch, frames, rowPitch)]</param>
    /// <param name="rowPitch">Floats from one frame to the next.</param>
    /// <param name="column">First of the 12 columns to write.</param>
    public ChromaCuda(
        FeatureKernels kernels, int batch, int frames, ulong spectrum, int spectrumPitch, ulong rows, int rowPitch, int column)
    {
        (_batch, _signalFrames) = (batch, (long)batch * frames);
        Tables = kernels.Tables(context => new ChromaDeviceTables(context));
        Strengths = new DeviceBuffer<float>(kernels.Context, Uses * _signalFrames * PeakPitch);
        Bins = new DeviceBuffer<byte>(kernels.Context, Uses * _signalFrames * PeakBinPitch);
        _scratch = new DeviceBuffer<ulong>(kernels.Context, Uses * _signalFrames * PeakPitch);
        Counts = new DeviceBuffer<int>(kernels.Context, Uses * _signalFrames);
        Tunings = new DeviceBuffer<int>(kernels.Context, Uses * batch);

        Tuning = new KernelLaunch(
            kernels.Get("tuning", "gpuser_tuning_f32"),
            new Dim3(batch, Uses),
            TuningBlock,
            0,
            Strengths.Address,
            Bins.Address,
            Counts.Address,
            frames,
            _scratch.Address,
            Tunings.Address);
        Chroma = new KernelLaunch(
            kernels.Get("chroma", "gpuser_chroma_f32"),
            new Dim3((frames + ChromaFrames - 1) / ChromaFrames, batch),
            ChromaBlock,
            0,
            spectrum,
            spectrumPitch,
            StftTables.Bins,
            frames,
            Tunings.Address,
            Tables.Bank.Address,
            rows,
            rowPitch,
            column);
    }

    /// <summary>The tables that all plans share.</summary>
    public ChromaDeviceTables Tables { get; }

    /// <summary>Strengths of the peaks of powers, then of magnitudes. [shape=(2, batch, frames, 184)]</summary>
    public DeviceBuffer<float> Strengths { get; }

    /// <summary>Histogram bin of each peak. [shape=(2, batch, frames, 192)]</summary>
    public DeviceBuffer<byte> Bins { get; }

    /// <summary>Peaks of each frame. [shape=(2, batch, frames)]</summary>
    public DeviceBuffer<int> Counts { get; }

    /// <summary>Comes after the mel kernel.</summary>
    public KernelLaunch Tuning { get; }

    /// <summary>Comes after <see cref="Tuning"/>: reads the spectrum, writes the rows.</summary>
    public KernelLaunch Chroma { get; }

    /// <summary>Tunings by index, each signal's for chroma, then each signal's for the constant-Q transform. [shape=(2, batch)]</summary>
    public DeviceBuffer<int> Tunings { get; }

    /// <summary>Device address of the tunings for the constant-Q transform. [shape=(batch)]</summary>
    public ulong ConstantQTunings => Tunings.Address + ((ulong)_batch * sizeof(int));

    /// <summary>The kernels with the least bytes each must touch; how many peaks there are is up to the signal and not counted.</summary>
    public IEnumerable<FeatureKernel> Kernels
    {
        get
        {
            long spectrum = FeatureKernel.Sectors(_signalFrames, 2L * sizeof(float) * StftTables.Bins);
            long counts = FeatureKernel.Sectors(1, (long)Counts.Bytes), tunings = FeatureKernel.Sectors(1, (long)Tunings.Bytes);
            long bank = FeatureKernel.Sectors(1, sizeof(float) * ChromaDeviceTables.BankFloats);
            yield return new(Tuning, counts + tunings);
            yield return new(Chroma, spectrum + tunings + bank + FeatureKernel.Sectors(_signalFrames, sizeof(float) * ChromaTables.Classes));
        }
    }

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
    public (float Chroma, float ConstantQ) ReadTunings(CudaStream stream)
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
