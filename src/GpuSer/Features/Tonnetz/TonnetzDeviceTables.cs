using GpuSer.Cuda;
using GpuSer.Features.Chroma;
using GpuSer.Features.Stft;

namespace GpuSer.Features.Tonnetz;

/// <summary>The tables of the constant-Q transform and the tonnetz in device memory: one set serves every plan of a context.</summary>
internal sealed class TonnetzDeviceTables : IDisposable
{
    // The bins that the kernel keeps of a spectrum, and how many of a filter its lanes take at once.
    private const int FirstBin = 64;
    private const int EndBin = 256;
    private const int BinsAtOnce = 4;

    /// <summary>Makes and uploads the tables.</summary>
    public TonnetzDeviceTables(CudaContext context)
    {
        (int[] spans, float[] weights, Stride) = MakeBanks();
        Spans = new DeviceBuffer<int>(context, spans);
        Weights = new DeviceBuffer<float>(context, weights);
        Taps = new DeviceBuffer<float>(context, MakeTaps());
        Twiddles = new DeviceBuffer<float>(context, StftCudaTables.Twiddles(ConstantQTables.FftLength));
        Projection = new DeviceBuffer<float>(context, TonnetzTables.Projection);
    }

    /// <summary>First bin of every filter of every tuning, less 64, and 65536 times how many it has. [100, 36]</summary>
    public DeviceBuffer<int> Spans { get; }

    /// <summary>Complex weights of every filter of every tuning, filled up with zeros. [100, 36, Stride]</summary>
    public DeviceBuffer<float> Weights { get; }

    /// <summary>Complex weights from one filter to the next.</summary>
    public int Stride { get; }

    /// <summary>Taps of the halving filter for even samples, then for odd ones. [2, 192]</summary>
    public DeviceBuffer<float> Taps { get; }

    /// <summary>Twiddles of the real transform of a frame.</summary>
    public DeviceBuffer<float> Twiddles { get; }

    /// <summary>Pitch classes to tonal centroids. [6, 12]</summary>
    public DeviceBuffer<float> Projection { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        Spans.Dispose();
        Weights.Dispose();
        Taps.Dispose();
        Twiddles.Dispose();
        Projection.Dispose();
    }

    /// <summary>Row 0: h[2j - 1], row 1: h[2j], with zeros for the taps that are not there.</summary>
    internal static float[] MakeTaps()
    {
        const int Phase = (HalvingTables.Taps + 1) / 2;
        float[] taps = new float[2 * Phase];
        for (int j = 0; j < Phase; j++)
        {
            taps[j] = j == 0 ? 0 : HalvingTables.Filter[(2 * j) - 1];
            taps[Phase + j] = HalvingTables.Filter[2 * j];
        }

        return taps;
    }

    /// <summary>All filters of all tunings as the kernel takes them, and how many weights each has room for.</summary>
    internal static (int[] Spans, float[] Weights, int Stride) MakeBanks()
    {
        const int Filters = ConstantQTables.BinsPerOctave;
        ConstantQBank[] banks = new ConstantQBank[TuningTables.Count];
        Parallel.For(0, banks.Length, tuning => banks[tuning] = ConstantQTables.Bank(tuning));
        int stride = banks.Max(bank => Enumerable.Range(0, Filters).Max(i => Span(bank, i).Count));
        int[] spans = new int[banks.Length * Filters];
        float[] weights = new float[2 * stride * spans.Length];
        for (int at = 0; at < spans.Length; at++)
        {
            ConstantQBank bank = banks[at / Filters];
            int filter = at % Filters;
            (int start, int count) = Span(bank, filter);
            if (start < FirstBin || start + count > EndBin)
                throw new InvalidOperationException($"filter {filter} of tuning {at / Filters} leaves the bins {FirstBin} to {EndBin}");
            spans[at] = (start - FirstBin) | (count << 16);
            int to = 2 * ((at * stride) + bank.First[filter] - start);
            for (int from = bank.Offset[filter]; from < bank.Offset[filter + 1]; from++, to += 2)
                (weights[to], weights[to + 1]) = (bank.Re[from], bank.Im[from]);
        }

        return (spans, weights, stride);
    }

    // From an even bin on, whole groups of bins.
    private static (int Start, int Count) Span(ConstantQBank bank, int filter)
    {
        int start = bank.First[filter] / 2 * 2, end = bank.First[filter] + bank.Offset[filter + 1] - bank.Offset[filter];
        return (start, (end - start + BinsAtOnce - 1) / BinsAtOnce * BinsAtOnce);
    }
}
