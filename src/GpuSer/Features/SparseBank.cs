namespace GpuSer.Features;

/// <summary>A real filter bank whose rows are each zero outside one range of columns.</summary>
/// <param name="Rows">Filters.</param>
/// <param name="Columns">Bins of the spectrum that it is applied to.</param>
/// <param name="First">First column of each row's range. [Rows]</param>
/// <param name="Offset">Where each row's range begins in <paramref name="Weights"/>, and the end of the last. [Rows + 1]</param>
/// <param name="Weights">The ranges, one row after the other.</param>
internal sealed record SparseBank(int Rows, int Columns, int[] First, int[] Offset, float[] Weights)
{
    /// <summary>Keeps each row from its first to its last value that is not zero.</summary>
    public static SparseBank FromDense(double[,] dense)
    {
        int rows = dense.GetLength(0), columns = dense.GetLength(1);
        int[] first = new int[rows], offset = new int[rows + 1];
        List<float> weights = [];
        for (int r = 0; r < rows; r++)
        {
            int begin = 0, end = columns;
            while (begin < end && dense[r, begin] == 0)
            {
                begin++;
            }

            while (end > begin && dense[r, end - 1] == 0)
            {
                end--;
            }

            first[r] = begin;
            for (int c = begin; c < end; c++)
            {
                weights.Add((float)dense[r, c]);
            }

            offset[r + 1] = weights.Count;
        }

        return new SparseBank(rows, columns, first, offset, [.. weights]);
    }

    /// <summary>Weights of one row, from column <c>First[row]</c> on.</summary>
    public ReadOnlySpan<float> Row(int row) => Weights.AsSpan(Offset[row], Offset[row + 1] - Offset[row]);
}
