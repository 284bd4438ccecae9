using GpuSer.Cuda;
using GpuSer.Features.Image;
using GpuSer.Features.Stft;

namespace GpuSer.Features.Mel;

/// <summary>The mel spectrum for batches of one shape as one matrix product: the dense filter bank times the powers of all frames.</summary>
internal sealed class MelCuBlas : IMelPlan
{
    // kernels/mel/maxima.cu: threads of a block, frames of a block.
    private const int Block = 256;
    private const int FramesPerBlock = 8;

    // Floats from one filter to the next.
    private const int BankPitch = (StftTables.Bins + 3) / 4 * 4;

    private readonly CudaBlas _blas;
    private readonly PowersCuda _powers;
    private readonly DeviceBuffer<float> _bank;
    private readonly GemmArguments _product;
    private readonly KernelLaunch _maxima;
    private readonly long _signalFrames;

    /// <summary>Makes the table and the launches.</summary>
    /// <param name="kernels">The loaded kernels.</param>
    /// <param name="batch">Signals.</param>
    /// <param name="frames">Frames of each.</param>
    /// <param name="powers">The powers; it becomes this plan's.</param>
    /// <param name="rows">Device address of the rows. [shape=(batch, frames, rowPitch)]</param>
    /// <param name="rowPitch">Floats from one frame to the next.</param>
    /// <param name="column">First of the 128 columns to write.</param>
    public MelCuBlas(FeatureKernels kernels, int batch, int frames, PowersCuda powers, ulong rows, int rowPitch, int column)
    {
        (_powers, _signalFrames) = (powers, (long)batch * frames);
        _blas = kernels.Tables(context => new CudaBlas(context));
        _bank = new DeviceBuffer<float>(kernels.Context, Dense(MelTables.Bank));
        Groups = (frames + FramesPerBlock - 1) / FramesPerBlock;
        Maxima = new DeviceBuffer<float>(kernels.Context, (long)batch * Groups);

        // Column by column, as cuBLAS counts, a row of ours is a column: (128, frames) = (bins, 128)^T (bins, frames).
        _product = new GemmArguments(
            TransposeA: true,
            TransposeB: false,
            M: MelTables.Bands,
            N: checked(batch * frames),
            K: StftTables.Bins,
            Alpha: 1,
            A: _bank.Address,
            LeadingA: BankPitch,
            StrideA: 0,
            B: powers.Powers.Address,
            LeadingB: PowersCuda.Pitch,
            StrideB: 0,
            Beta: 0,
            C: rows + ((ulong)column * sizeof(float)),
            LeadingC: rowPitch,
            StrideC: 0,
            Batch: 1);
        _maxima = new KernelLaunch(
            kernels.Get("maxima", "gpuser_maxima_f32"), new Dim3(Groups, batch), Block, 0, rows, rowPitch, column, MelTables.Bands, frames, Maxima.Address);
    }

    public DeviceBuffer<float> Maxima { get; }

    public int Groups { get; }

    public IEnumerable<FeatureKernel> Kernels =>
    [
        new(_powers.Launch, _powers.FloorBytes),
        new(_maxima, FeatureKernel.Sectors(_signalFrames, sizeof(float) * MelTables.Bands) + FeatureKernel.Sectors(1, (long)Maxima.Bytes)),
    ];

    public MelNodes AddTo(PlanSchedule schedule, PlanNode spectrum)
    {
        PlanNode powers = schedule.Add(_powers.Launch, spectrum);
        PlanNode product = schedule.Add(stream => _blas.Multiply(_product, stream), powers);
        return new MelNodes(powers, schedule.Add(_maxima, product));
    }

    public void Discard(CudaStream stream)
    {
        _powers.Powers.Discard(stream);
        Maxima.Discard(stream);
    }

    public void Dispose()
    {
        Maxima.Dispose();
        _bank.Dispose();
        _powers.Dispose();
    }

    private static float[] Dense(SparseBank bank)
    {
        float[] dense = new float[bank.Rows * BankPitch];
        for (int row = 0; row < bank.Rows; row++)
            bank.Row(row).CopyTo(dense.AsSpan((row * BankPitch) + bank.First[row]));
        return dense;
    }
}
