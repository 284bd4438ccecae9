using GpuSer.Cuda;

namespace GpuSer.Features.Chroma;

/// <summary>The kernel that puts the dense filter banks of a batch's tunings side by side, for a batched matrix product.</summary>
internal sealed class TunedBankCuda : IDisposable
{
    // kernels/chroma/tuned_bank.cu: threads of a block, floats that each copies.
    private const int Block = 256;
    private const int FloatsPerThread = 4;

    private readonly int _batch;

    /// <summary>Allocates the banks' memory and makes the launch.</summary>
    /// <param name="kernels">The loaded kernels.</param>
    /// <param name="batch">Signals.</param>
    /// <param name="tunings">Device address of the signals' tunings. [shape=(batch)]</param>
    /// <param name="banks">The bank of every tuning. [shape=(100, floats)]</param>
    /// <param name="floats">Floats of a bank, a multiple of 4.</param>
    public TunedBankCuda(FeatureKernels kernels, int batch, ulong tunings, DeviceBuffer<float> banks, int floats)
    {
        _batch = batch;
        Bank = new DeviceBuffer<float>(kernels.Context, (long)batch * floats);
        int perBlock = Block * FloatsPerThread;
        Launch = new KernelLaunch(
            kernels.Get("tuned_bank", "gpuser_tuned_bank_f32"),
            new Dim3((floats + perBlock - 1) / perBlock, batch),
            Block,
            0,
            tunings,
            banks.Address,
            floats,
            Bank.Address);
    }

    /// <summary>Each signal's bank. [shape=(batch, floats)]</summary>
    public DeviceBuffer<float> Bank { get; }

    /// <summary>The launch, to come after the tunings.</summary>
    public KernelLaunch Launch { get; }

    /// <summary>The kernel with the least bytes it must touch: signals of one tuning share a bank.</summary>
    public FeatureKernel Kernel => new(
        Launch,
        FeatureKernel.Sectors(1, (long)sizeof(int) * _batch) + ((long)Bank.Bytes / _batch) + FeatureKernel.Sectors(1, (long)Bank.Bytes));

    public void Dispose() => Bank.Dispose();
}
