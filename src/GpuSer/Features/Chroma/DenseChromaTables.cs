using GpuSer.Cuda;
using GpuSer.Features.Stft;

namespace GpuSer.Features.Chroma;

/// <summary>The chroma filters as dense matrices in device memory: one set serves every plan of a context.</summary>
internal sealed class DenseChromaTables : IDisposable
{
    /// <summary>Floats from one filter to the next.</summary>
    public const int Pitch = (StftTables.Bins + 3) / 4 * 4;

    /// <summary>Floats of one tuning's filters.</summary>
    public const int BankFloats = ChromaTables.Classes * Pitch;

    /// <summary>Makes and uploads the filters.</summary>
    public DenseChromaTables(CudaContext context)
    {
        float[] banks = new float[TuningTables.Count * BankFloats];
        Parallel.For(0, TuningTables.Count, tuning =>
        {
            ReadOnlySpan<float> filters = ChromaTables.Bank(tuning);
            for (int c = 0; c < ChromaTables.Classes; c++)
                filters.Slice(c * StftTables.Bins, StftTables.Bins).CopyTo(banks.AsSpan((tuning * BankFloats) + (c * Pitch)));
        });
        Banks = new DeviceBuffer<float>(context, banks);
    }

    /// <summary>The filters of every tuning. [100, 12, Pitch]</summary>
    public DeviceBuffer<float> Banks { get; }

    /// <inheritdoc/>
    public void Dispose() => Banks.Dispose();
}
