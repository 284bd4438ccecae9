using System.Numerics;

namespace GpuSer.Reference.Recipe;

/// <summary>Plain arithmetic on (rows, frames).</summary>
public static class Matrix
{
    public static double[,] Map(int rows, int columns, Func<int, int, double> value)
    {
        double[,] result = new double[rows, columns];
        for (int r = 0; r < rows; r++)
        {
            for (int c = 0; c < columns; c++)
            {
                result[r, c] = value(r, c);
            }
        }

        return result;
    }

    public static double[,] Map(this double[,] x, Func<double, double> value) => Map(x.GetLength(0), x.GetLength(1), (r, c) => value(x[r, c]));

    public static double[,] Magnitude(this Complex[,] x) => Map(x.GetLength(0), x.GetLength(1), (r, c) => x[r, c].Magnitude);

    public static double[,] Times(this double[,] a, double[,] b)
    {
        int inner = b.GetLength(0);
        double[,] result = new double[a.GetLength(0), b.GetLength(1)];
        for (int r = 0; r < result.GetLength(0); r++)
        {
            for (int k = 0; k < inner; k++)
            {
                double weight = a[r, k];
                for (int c = 0; weight != 0 && c < result.GetLength(1); c++)
                {
                    result[r, c] += weight * b[k, c];
                }
            }
        }

        return result;
    }

    public static IEnumerable<double> Column(this double[,] x, int column) => Enumerable.Range(0, x.GetLength(0)).Select(r => x[r, column]);

    public static IEnumerable<double> Row(this double[,] x, int row) => Enumerable.Range(0, x.GetLength(1)).Select(c => x[row, c]);

    /// <summary>Each column over a norm of it, unless that is under the smallest normal float.</summary>
    public static double[,] NormaliseColumns(this double[,] x, Func<IEnumerable<double>, double> norm)
    {
        double[] norms = [.. Enumerable.Range(0, x.GetLength(1)).Select(c => norm(x.Column(c)))];
        return Map(x.GetLength(0), x.GetLength(1), (r, c) => x[r, c] / (norms[c] < 1.17549435e-38 ? 1 : norms[c]));
    }

    public static float[] Flatten(this double[,] x) => [.. x.Cast<double>().Select(value => (float)value)];
}
