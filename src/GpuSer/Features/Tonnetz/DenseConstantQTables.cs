using GpuSer.Cuda;
using GpuSer.Features.Chroma;

namespace GpuSer.Features.Tonnetz;

/// <summary>The constant-Q filters as dense real matrices in device memory: one set serves every plan of a context.</summary>
/// <remarks>
/// On a spectrum as it lies in memory, real and imaginary parts in turn, a complex filter F is two real ones: the product's real part takes
/// Re F and -Im F in turn, its imaginary part Im F and Re F. All filters lie in bins 64 to 255, so only these are columns.
/// </remarks>
internal sealed class DenseConstantQTables : IDisposable
{
    /// <summary>First bin that the matrices have.</summary>
    public const int FirstBin = 64;

    /// <summary>Columns: two for each bin.</summary>
    public const int Columns = 2 * (256 - FirstBin);

    /// <summary>Rows: two for each filter.</summary>
    public const int Rows = 2 * ConstantQTables.BinsPerOctave;

    /// <summary>Floats of one tuning's matrix.</summary>
    public const int BankFloats = Rows * Columns;

    /// <summary>Makes and uploads the matrices.</summary>
    public DenseConstantQTables(CudaContext context)
    {
        float[] banks = new float[TuningTables.Count * BankFloats];
        Parallel.For(0, TuningTables.Count, tuning => Fill(ConstantQTables.Bank(tuning), banks.AsSpan(tuning * BankFloats, BankFloats)));
        Banks = new DeviceBuffer<float>(context, banks);
    }

    /// <summary>The matrix of every tuning. [100, Rows, Columns]</summary>
    public DeviceBuffer<float> Banks { get; }

    /// <inheritdoc/>
    public void Dispose() => Banks.Dispose();

    private static void Fill(ConstantQBank bank, Span<float> matrix)
    {
        if (bank.FirstBin < FirstBin || bank.EndBin > FirstBin + (Columns / 2))
            throw new InvalidOperationException($"filters of bins {bank.FirstBin} to {bank.EndBin} leave the matrix");
        for (int filter = 0; filter < ConstantQTables.BinsPerOctave; filter++)
        {
            Span<float> re = matrix.Slice(2 * filter * Columns, Columns), im = matrix.Slice(((2 * filter) + 1) * Columns, Columns);
            int column = 2 * (bank.First[filter] - FirstBin);
            for (int from = bank.Offset[filter]; from < bank.Offset[filter + 1]; from++, column += 2)
            {
                (re[column], re[column + 1]) = (bank.Re[from], -bank.Im[from]);
                (im[column], im[column + 1]) = (bank.Im[from], bank.Re[from]);
            }
        }
    }
}
