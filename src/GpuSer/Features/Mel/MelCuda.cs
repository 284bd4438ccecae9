using GpuSer.Cuda;

namespace GpuSer.Features.Mel;

/// <summary>The mel kernel for one filter bank and batches of one shape: its tables and its launch.</summary>
internal sealed class MelCuda : IDisposable
{
    // kernels/mel/mel.cu: threads of a block, frames of a block, lanes that share a frame.
    private const int Block = 256;
    private const int FramesPerBlock = 8;
    private const int LanesPerFrame = 4;

    private readonly int _batch;
    private readonly int _frames;
    private readonly SparseBank _bank;
    private readonly DeviceBuffer<int> _starts;
    private readonly DeviceBuffer<int> _offsets;
    private readonly DeviceBuffer<float> _weights;

    /// <summary>Makes the tables and the launch.</summary>
    /// <param name="kernels">The loaded kernels.</param>
    /// <param name="bank">The filter bank.</param>
    /// <param name="batch">Signals.</param>
    /// <param name="frames">Frames of each.</param>
    /// <param name="spectrum">Device address of the complex spectrum. [shape=(batch, frames, spectrumPitch)]</param>
    /// <param name="spectrumPitch">Complex values from one frame to the next, even.</param>
    /// <param name="rows">Device address of the rows. [shape=(batch, frames, rowPitch)]</param>
    /// <param name="rowPitch">Floats from one frame to the next.</param>
    /// <param name="column">First column that the bank writes.</param>
    public MelCuda(
        FeatureKernels kernels, SparseBank bank, int batch, int frames, ulong spectrum, int spectrumPitch, ulong rows, int rowPitch, int column)
    {
        CudaContext context = kernels.Context;
        (_batch, _frames, _bank) = (batch, frames, bank);
        (int[] offsets, float[] weights) = Fill(bank);
        _starts = new DeviceBuffer<int>(context, bank.First);
        _offsets = new DeviceBuffer<int>(context, offsets);
        _weights = new DeviceBuffer<float>(context, weights);
        int blocks = (frames + FramesPerBlock - 1) / FramesPerBlock;
        Maxima = new DeviceBuffer<float>(context, (long)batch * blocks);

        int powerPitch = SharedPitch(bank.Columns + LanesPerFrame - 1), melPitch = SharedPitch(bank.Rows);
        Launch = new KernelLaunch(
            kernels.Get("mel", "gpuser_mel_f32"),
            new Dim3(blocks, batch),
            Block,
            FramesPerBlock * (powerPitch + melPitch) * sizeof(float),
            spectrum,
            spectrumPitch,
            bank.Columns,
            frames,
            _starts.Address,
            _offsets.Address,
            _weights.Address,
            bank.Rows,
            powerPitch,
            melPitch,
            rows,
            rowPitch,
            column,
            Maxima.Address);
    }

    /// <summary>Largest mel power of each signal's groups of frames; the largest of a row is the signal's. [shape=(batch, groups)]</summary>
    public DeviceBuffer<float> Maxima { get; }

    /// <summary>Groups of frames of a signal.</summary>
    public int Groups => Launch.Grid.X;

    /// <summary>The launch.</summary>
    public KernelLaunch Launch { get; }

    /// <summary>The least bytes the kernel must touch.</summary>
    public long FloorBytes
    {
        get
        {
            long signalFrames = (long)_batch * _frames;
            return FeatureKernel.Sectors(signalFrames, 2L * sizeof(float) * _bank.Columns)
                + FeatureKernel.Sectors(1, (long)_starts.Bytes)
                + FeatureKernel.Sectors(1, (long)_offsets.Bytes)
                + FeatureKernel.Sectors(1, (long)_weights.Bytes)
                + FeatureKernel.Sectors(signalFrames, (long)sizeof(float) * _bank.Rows)
                + FeatureKernel.Sectors(1, (long)Maxima.Bytes);
        }
    }

    public void Dispose()
    {
        Maxima.Dispose();
        _weights.Dispose();
        _offsets.Dispose();
        _starts.Dispose();
    }

    // The least pitch that is 4 modulo 32: eight frames by four bins then lie in 32 banks.
    private static int SharedPitch(int least) => ((least - LanesPerFrame + 31) / 32 * 32) + LanesPerFrame;

    // Every filter filled up with zeros to whole groups of lanes.
    private static (int[] Offsets, float[] Weights) Fill(SparseBank bank)
    {
        int[] offsets = new int[bank.Rows + 1];
        List<float> weights = [];
        for (int row = 0; row < bank.Rows; row++)
        {
            weights.AddRange(bank.Row(row));
            while (weights.Count % LanesPerFrame != 0)
                weights.Add(0);
            offsets[row + 1] = weights.Count;
        }

        return (offsets, [.. weights]);
    }
}
