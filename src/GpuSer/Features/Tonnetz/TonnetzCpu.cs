using System.Numerics;
using GpuSer.Features.Chroma;

namespace GpuSer.Features.Tonnetz;

/// <summary>Tonal centroids of a tile of constant-Q chroma.</summary>
internal static unsafe class TonnetzCpu
{
    /// <summary>Projects each frame.</summary>
    /// <param name="chroma">Tile, each frame of sum 1. (12, lanes)</param>
    /// <param name="tonnetz">Row 0 of the tile. (6 rows, a pitch apart)</param>
    /// <param name="pitch">Floats from row to row.</param>
    public static void Project(float* chroma, float* tonnetz, nint pitch)
    {
        for (int d = 0; d < TonnetzTables.Dimensions; d++)
        {
            Vector<float> sum = default;
            for (int c = 0; c < ChromaTables.Classes; c++)
            {
                Vector<float> weight = new(TonnetzTables.Projection[(d * ChromaTables.Classes) + c]);
                sum = Vector.FusedMultiplyAdd(Vector.Load(chroma + (c * Lanes.Count)), weight, sum);
            }

            sum.Store(tonnetz + (d * pitch));
        }
    }
}
