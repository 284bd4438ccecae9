using GpuSer.Cuda;
using GpuSer.Features.Stft;

namespace GpuSer.Features.Chroma;

/// <summary>The kernels of tuning and chroma for batches of one shape, and what they keep between them.</summary>
internal sealed class ChromaCuda : IDisposable
{
    /// <summary>What tunings are estimated for, and in which order they are kept: chroma, from powers, and constant-Q, from magnitudes.</summary>
    private const int Uses = 2;

    // kernels/chroma: peaks.cu, peaks.cuh, tuning.cu, chroma.cu.
    private const int PeaksBlock = 128;
    private const int PeaksFrames = 4;
    private const int PeakPitch = 184;
    private const int PeakBinPitch = 192;
    private const int TuningBlock = 512;
    private const int ChromaBlock = 128;
    private const int ChromaFrames = 4;

    private readonly DeviceBuffer<float> _strengths;
    private readonly DeviceBuffer<byte> _bins;
    private readonly DeviceBuffer<ulong> _scratch;
    private readonly DeviceBuffer<int> _counts;
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
        ChromaDeviceTables tables = kernels.Tables(context => new ChromaDeviceTables(context));
        _strengths = new DeviceBuffer<float>(kernels.Context, Uses * _signalFrames * PeakPitch);
        _bins = new DeviceBuffer<byte>(kernels.Context, Uses * _signalFrames * PeakBinPitch);
        _scratch = new DeviceBuffer<ulong>(kernels.Context, Uses * _signalFrames * PeakPitch);
        _counts = new DeviceBuffer<int>(kernels.Context, Uses * _signalFrames);
        Tunings = new DeviceBuffer<int>(kernels.Context, Uses * batch);

        Peaks = new KernelLaunch(
            kernels.Get("peaks", "gpuser_peaks_f32"),
            new Dim3((frames + PeaksFrames - 1) / PeaksFrames, batch),
            PeaksBlock,
            0,
            spectrum,
            spectrumPitch,
            StftTables.Bins,
            frames,
            tables.Edges.Address,
            ChromaDeviceTables.FirstEdge,
            ChromaDeviceTables.LogA0,
            _strengths.Address,
            _bins.Address,
            _counts.Address);
        Tuning = new KernelLaunch(
            kernels.Get("tuning", "gpuser_tuning_f32"),
            new Dim3(batch, Uses),
            TuningBlock,
            0,
            _strengths.Address,
            _bins.Address,
            _counts.Address,
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
            tables.Bank.Address,
            rows,
            rowPitch,
            column);
    }

    /// <summary>The first launch: reads the spectrum.</summary>
    public KernelLaunch Peaks { get; }

    /// <summary>Comes after <see cref="Peaks"/>.</summary>
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
            long counts = FeatureKernel.Sectors(1, (long)_counts.Bytes), tunings = FeatureKernel.Sectors(1, (long)Tunings.Bytes);
            long bank = FeatureKernel.Sectors(1, sizeof(float) * ChromaDeviceTables.BankFloats);
            yield return new(Peaks, spectrum + counts);
            yield return new(Tuning, counts + tunings);
            yield return new(Chroma, spectrum + tunings + bank + FeatureKernel.Sectors(_signalFrames, sizeof(float) * ChromaTables.Classes));
        }
    }

    /// <summary>Forgets what an earlier run left behind.</summary>
    public void Discard(CudaStream stream)
    {
        _strengths.Discard(stream);
        _bins.Discard(stream);
        _scratch.Discard(stream);
        _counts.Discard(stream);
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
        _counts.Dispose();
        _scratch.Dispose();
        _bins.Dispose();
        _strengths.Dispose();
    }
}
