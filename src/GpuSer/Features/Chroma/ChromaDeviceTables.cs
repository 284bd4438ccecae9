using GpuSer.Cuda;
using GpuSer.Features.Stft;

namespace GpuSer.Features.Chroma;

/// <summary>The chroma kernel's filters in device memory: one set serves every plan of a context.</summary>
internal sealed class ChromaDeviceTables : IDisposable
{
    // Bins that the kernel takes at once.
    private const int BlockBins = 64;
    private const int Blocks = (StftTables.Bins + BlockBins - 1) / BlockBins;

    /// <summary>Floats of one tuning's filters.</summary>
    public const int BankFloats = Blocks * ChromaTables.Classes * BlockBins;

    /// <summary>Makes and uploads the filters.</summary>
    public ChromaDeviceTables(CudaContext context)
    {
        Bank = new DeviceBuffer<float>(context, MakeBank());
    }

    /// <summary>The chroma filters of every tuning, in blocks of 64 bins. [100, 17, 12, 64]</summary>
    public DeviceBuffer<float> Bank { get; }

    /// <inheritdoc/>
    public void Dispose() => Bank.Dispose();

    private static float[] MakeBank()
    {
        float[] bank = new float[TuningTables.Count * BankFloats];
        Parallel.For(0, TuningTables.Count, tuning =>
        {
            ReadOnlySpan<float> filters = ChromaTables.Bank(tuning);
            for (int c = 0; c < ChromaTables.Classes; c++)
            {
                for (int k = 0; k < StftTables.Bins; k++)
                {
                    int at = (((k / BlockBins * ChromaTables.Classes) + c) * BlockBins) + (k % BlockBins);
                    bank[(tuning * BankFloats) + at] = filters[(c * StftTables.Bins) + k];
                }
            }
        });
        return bank;
    }
}
