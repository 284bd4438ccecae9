using GpuSer.Cuda;
using GpuSer.Features.Image;
using GpuSer.Features.Mel;
using GpuSer.Features.Stft;

namespace GpuSer.Features.Chroma;

/// <summary>Chroma for batches of one shape as a matrix product: each signal's dense filter bank times its powers, then a kernel that normalises.</summary>
internal sealed class ChromaCuBlas : IChromaPlan
{
    // kernels/chroma/normalise.cu: threads of a block, lanes of a frame.
    private const int Block = 256;
    private const int LanesPerFrame = 16;

    private readonly CudaBlas _blas;
    private readonly TunedBankCuda _bank;
    private readonly GemmArguments _product;
    private readonly KernelLaunch _normalise;
    private readonly long _signalFrames;

    /// <summary>Allocates the scratch and makes the launches.</summary>
    /// <param name="kernels">The loaded kernels.</param>
    /// <param name="batch">Signals.</param>
    /// <param name="frames">Frames of each.</param>
    /// <param name="powers">The powers, which are there before the tunings.</param>
    /// <param name="tunings">Device address of the signals' tunings. [shape=(batch)]</param>
    /// <param name="rows">Device address of the rows. [shape=(batch, frames, rowPitch)]</param>
    /// <param name="rowPitch">Floats from one frame to the next.</param>
    /// <param name="column">First of the 12 columns to write.</param>
    public ChromaCuBlas(FeatureKernels kernels, int batch, int frames, PowersCuda powers, ulong tunings, ulong rows, int rowPitch, int column)
    {
        _signalFrames = (long)batch * frames;
        _blas = kernels.Tables(context => new CudaBlas(context));
        _bank = new TunedBankCuda(kernels, batch, tunings, kernels.Tables(context => new DenseChromaTables(context)).Banks, DenseChromaTables.BankFloats);

        // Column by column, as cuBLAS counts, a row of ours is a column: (12, frames) = (bins, 12)^T (bins, frames).
        _product = new GemmArguments(
            TransposeA: true,
            TransposeB: false,
            M: ChromaTables.Classes,
            N: frames,
            K: StftTables.Bins,
            Alpha: 1,
            A: _bank.Bank.Address,
            LeadingA: DenseChromaTables.Pitch,
            StrideA: DenseChromaTables.BankFloats,
            B: powers.Powers.Address,
            LeadingB: PowersCuda.Pitch,
            StrideB: (long)frames * PowersCuda.Pitch,
            Beta: 0,
            C: rows + ((ulong)column * sizeof(float)),
            LeadingC: rowPitch,
            StrideC: (long)frames * rowPitch,
            Batch: batch);
        int framesPerBlock = Block / LanesPerFrame;
        _normalise = new KernelLaunch(
            kernels.Get("normalise", "gpuser_normalise_f32"),
            new Dim3((frames + framesPerBlock - 1) / framesPerBlock, batch),
            Block,
            0,
            rows,
            rowPitch,
            column,
            frames);
    }

    public IEnumerable<FeatureKernel> Kernels =>
        [_bank.Kernel, new(_normalise, 2 * FeatureKernel.Sectors(_signalFrames, sizeof(float) * ChromaTables.Classes))];

    public PlanNode AddTo(PlanSchedule schedule, PlanNode tuning) =>
        schedule.Add(_normalise, schedule.Add(stream => _blas.Multiply(_product, stream), schedule.Add(_bank.Launch, tuning)));

    public void Discard(CudaStream stream) => _bank.Bank.Discard(stream);

    public void Dispose() => _bank.Dispose();
}
