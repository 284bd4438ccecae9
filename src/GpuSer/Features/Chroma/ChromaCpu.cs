using System.Numerics;
using GpuSer.Features.Stft;

namespace GpuSer.Features.Chroma;

/// <summary>Chroma of the power spectrum, each frame over its largest value.</summary>
internal static unsafe class ChromaCpu
{
    private const int HalfClasses = ChromaTables.Classes / 2;
    private static readonly Vector<float> SmallestNormal = new(1.17549435e-38f);

    /// <summary>Chroma of one tile.</summary>
    /// <param name="bank">Filters of the signal's tuning. (12, 1025)</param>
    /// <param name="magnitude">Tile; squared here. (1025, lanes)</param>
    /// <param name="chroma">Row 0 of the tile. (12 rows, a pitch apart)</param>
    /// <param name="pitch">Floats from row to row.</param>
    public static void Apply(float[] bank, float* magnitude, float* chroma, nint pitch)
    {
        fixed (float* weights = bank)
        {
            SixRows(weights, magnitude, chroma, pitch);
            SixRows(weights + (HalfClasses * StftTables.Bins), magnitude, chroma + (HalfClasses * pitch), pitch);
        }

        NormaliseByMaximum(chroma, pitch);
    }

    /// <summary>Divides each of a tile's frames by its largest value, unless that is under the smallest normal float. (12 rows, a pitch apart)</summary>
    public static void NormaliseByMaximum(float* chroma, nint pitch)
    {
        Vector<float> largest = default;
        for (int c = 0; c < ChromaTables.Classes; c++)
        {
            largest = Vector.Max(largest, Vector.Load(chroma + (c * pitch)));
        }

        Divide(chroma, pitch, largest);
    }

    /// <summary>Divides each of a tile's frames by the sum of its values, unless that is under the smallest normal float. (12 rows, a pitch apart)</summary>
    public static void NormaliseBySum(float* chroma, nint pitch)
    {
        Vector<float> sum = default;
        for (int c = 0; c < ChromaTables.Classes; c++)
        {
            sum += Vector.Load(chroma + (c * pitch));
        }

        Divide(chroma, pitch, sum);
    }

    private static void Divide(float* chroma, nint pitch, Vector<float> by)
    {
        by = Vector.ConditionalSelect(Vector.LessThan(by, SmallestNormal), Vector<float>.One, by);
        for (int c = 0; c < ChromaTables.Classes; c++)
        {
            (Vector.Load(chroma + (c * pitch)) / by).Store(chroma + (c * pitch));
        }
    }

    // Six sums at once stay in registers and hide each other's latency.
    private static void SixRows(float* weights, float* magnitude, float* chroma, nint pitch)
    {
        int width = Lanes.Count;
        Vector<float> s0 = default, s1 = default, s2 = default, s3 = default, s4 = default, s5 = default;
        for (int k = 0; k < StftTables.Bins; k++)
        {
            Vector<float> value = Vector.Load(magnitude + (k * width));
            Vector<float> power = value * value;
            float* w = weights + k;
            s0 = Vector.FusedMultiplyAdd(power, new Vector<float>(w[0]), s0);
            s1 = Vector.FusedMultiplyAdd(power, new Vector<float>(w[StftTables.Bins]), s1);
            s2 = Vector.FusedMultiplyAdd(power, new Vector<float>(w[2 * StftTables.Bins]), s2);
            s3 = Vector.FusedMultiplyAdd(power, new Vector<float>(w[3 * StftTables.Bins]), s3);
            s4 = Vector.FusedMultiplyAdd(power, new Vector<float>(w[4 * StftTables.Bins]), s4);
            s5 = Vector.FusedMultiplyAdd(power, new Vector<float>(w[5 * StftTables.Bins]), s5);
        }

        s0.Store(chroma);
        s1.Store(chroma + pitch);
        s2.Store(chroma + (2 * pitch));
        s3.Store(chroma + (3 * pitch));
        s4.Store(chroma + (4 * pitch));
        s5.Store(chroma + (5 * pitch));
    }
}
