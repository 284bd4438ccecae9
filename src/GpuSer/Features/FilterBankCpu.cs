using System.Numerics;

namespace GpuSer.Features;

/// <summary>Applies filter banks to the spectra of a tile.</summary>
internal static unsafe class FilterBankCpu
{
    /// <summary>Row r becomes the weighted sum of its range of bins.</summary>
    /// <param name="bank">The filters.</param>
    /// <param name="spectrum">Tile. (bank.Columns, lanes)</param>
    /// <param name="rows">Where row 0 of the tile's first frame goes.</param>
    /// <param name="pitch">Floats from row to row.</param>
    public static void Apply(SparseBank bank, float* spectrum, float* rows, nint pitch)
    {
        int width = Lanes.Count;
        fixed (float* weights = bank.Weights)
        {
            for (int r = 0; r < bank.Rows; r++)
            {
                float* bin = spectrum + (bank.First[r] * width);
                int at = bank.Offset[r], end = bank.Offset[r + 1];
                Vector<float> even = default, odd = default;
                for (; at + 1 < end; at += 2, bin += 2 * width)
                {
                    even = Vector.FusedMultiplyAdd(Vector.Load(bin), new Vector<float>(weights[at]), even);
                    odd = Vector.FusedMultiplyAdd(Vector.Load(bin + width), new Vector<float>(weights[at + 1]), odd);
                }

                if (at < end)
                {
                    even = Vector.FusedMultiplyAdd(Vector.Load(bin), new Vector<float>(weights[at]), even);
                }

                (even + odd).Store(rows + (r * pitch));
            }
        }
    }
}
