using GpuSer.Cuda;
using GpuSer.Features.Chroma;
using GpuSer.Features.Contrast;
using GpuSer.Features.Image;
using GpuSer.Features.Stft;

namespace GpuSer.Features.Mel;

/// <summary>The mel kernel for one filter bank and batches of one shape: its tables and its launch.</summary>
internal sealed class MelCuda : IMelPlan
{
    // kernels/mel/mel.cu: threads of a block, frames of a block, bins a lane takes at once, bins the lanes of a frame do.
    private const int Block = 256;
    private const int FramesPerBlock = 8;
    private const int Alignment = 4;
    private const int Step = 16;

    private readonly int _batch;
    private readonly int _frames;
    private readonly SparseBank _bank;
    private readonly ContrastCuda _contrast;
    private readonly TuningCuda _tuning;
    private readonly DeviceBuffer<int> _starts;
    private readonly DeviceBuffer<int> _offsets;
    private readonly DeviceBuffer<float> _weights;

    /// <summary>Makes the tables and the launch.</summary>
    /// <param name="kernels">The loaded kernels.</param>
    /// <param name="bank">The filter bank.</param>
    /// <param name="batch">Signals.</param>
    /// <param name="frames">Frames of each.</param>
    /// <param name="stft">The spectrum.</param>
    /// <param name="rows">Device address of the rows. [shape=(batch, frames, rowPitch)]</param>
    /// <param name="rowPitch">Floats from one frame to the next, a multiple of 8.</param>
    /// <param name="column">First column that the bank writes, a multiple of 8.</param>
    /// <param name="contrast">Where the peaks and valleys of the octave bands go, which the kernel finds by the way.</param>
    /// <param name="tuning">Where the peaks for the tunings go, which the kernel finds too.</param>
    public MelCuda(
        FeatureKernels kernels,
        SparseBank bank,
        int batch,
        int frames,
        StftPlan stft,
        ulong rows,
        int rowPitch,
        int column,
        ContrastCuda contrast,
        TuningCuda tuning)
    {
        CudaContext context = kernels.Context;
        (_batch, _frames, _bank, _contrast, _tuning) = (batch, frames, bank, contrast, tuning);
        (int[] starts, int[] offsets, float[] weights) = Fill(bank);
        _starts = new DeviceBuffer<int>(context, starts);
        _offsets = new DeviceBuffer<int>(context, offsets);
        _weights = new DeviceBuffer<float>(context, weights);
        int blocks = (frames + FramesPerBlock - 1) / FramesPerBlock;
        Maxima = new DeviceBuffer<float>(context, (long)batch * blocks);

        int powerPitch = PowerPitch(bank.Columns);
        Launch = new KernelLaunch(
            kernels.Get("mel", "gpuser_mel_f32"),
            new Dim3(blocks, batch),
            Block,
            FramesPerBlock * powerPitch * sizeof(float),
            [
                stft.Spectrum.Address,
                stft.Pitch,
                bank.Columns,
                frames,
                _starts.Address,
                _offsets.Address,
                _weights.Address,
                bank.Rows,
                powerPitch,
                rows,
                rowPitch,
                column,
                Maxima.Address,
                contrast.Bands.Address,
                ContrastTables.Count,
                contrast.Means.Address,
                .. tuning.PeakArguments,
            ]);
    }

    public DeviceBuffer<float> Maxima { get; }

    public int Groups => Launch.Grid.X;

    /// <summary>The launch.</summary>
    public KernelLaunch Launch { get; }

    public IEnumerable<FeatureKernel> Kernels => [new(Launch, FloorBytes)];

    private long FloorBytes
    {
        get
        {
            long signalFrames = (long)_batch * _frames;
            return FeatureKernel.Sectors(signalFrames, 2L * sizeof(float) * _bank.Columns)
                + FeatureKernel.Sectors(1, (long)_starts.Bytes)
                + FeatureKernel.Sectors(1, (long)_offsets.Bytes)
                + FeatureKernel.Sectors(1, (long)_weights.Bytes)
                + FeatureKernel.Sectors(signalFrames, (long)sizeof(float) * _bank.Rows)
                + FeatureKernel.Sectors(1, (long)Maxima.Bytes)
                + FeatureKernel.Sectors(1, (long)_contrast.Bands.Bytes)
                + _contrast.MeansBytes
                + FeatureKernel.Sectors(1, (long)_tuning.Counts.Bytes);
        }
    }

    public MelNodes AddTo(PlanSchedule schedule, PlanNode spectrum)
    {
        PlanNode mel = schedule.Add(Launch, spectrum);
        return new MelNodes(mel, mel);
    }

    public void Discard(CudaStream stream) => Maxima.Discard(stream);

    public void Dispose()
    {
        Maxima.Dispose();
        _weights.Dispose();
        _offsets.Dispose();
        _starts.Dispose();
    }

    // The least pitch with room for a step of zeros, and for the search for peaks, that is 16 modulo 32: two frames by sixteen bins then
    // lie in 32 banks.
    private static int PowerPitch(int bins) => ((Math.Max(bins - 1, TuningCuda.PeakFloats - Step) + 31) / 32 * 32) + Step;

    // Every filter from an aligned bin on, filled up with zeros to whole steps.
    private static (int[] Starts, int[] Offsets, float[] Weights) Fill(SparseBank bank)
    {
        int[] starts = new int[bank.Rows], offsets = new int[bank.Rows + 1];
        List<float> weights = [];
        for (int row = 0; row < bank.Rows; row++)
        {
            starts[row] = bank.First[row] / Alignment * Alignment;
            for (int k = starts[row]; k < bank.First[row]; k++)
                weights.Add(0);
            weights.AddRange(bank.Row(row));
            while (weights.Count % Step != 0)
                weights.Add(0);
            offsets[row + 1] = weights.Count;
        }

        return (starts, offsets, [.. weights]);
    }
}
