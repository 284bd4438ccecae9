using GpuSer.Features.Chroma;

namespace GpuSer.Features.Tonnetz;

/// <summary>Projection of a chroma onto fifths, minor thirds and major thirds (Harte, Sandler and Gasser 2006).</summary>
internal static class TonnetzTables
{
    /// <summary>Dimensions: two for each of the three circles.</summary>
    public const int Dimensions = 6;

    /// <summary>Row d, pitch class c: <c>r cos(pi (s c - h))</c>. [Dimensions, 12]</summary>
    public static float[] Projection { get; } = MakeProjection();

    /// <summary>The pitch class that a row of the constant-Q transform counts for: the nearest third of its three.</summary>
    public static int PitchClass(int constantQRow) => ((constantQRow % ConstantQTables.BinsPerOctave) + 1) / 3 % ChromaTables.Classes;

    private static float[] MakeProjection()
    {
        (double Step, double Shift, double Radius)[] circles =
        [
            (7 / 6.0, 0.5, 1), (7 / 6.0, 0, 1), (1.5, 0.5, 1), (1.5, 0, 1), (2 / 3.0, 0.5, 0.5), (2 / 3.0, 0, 0.5),
        ];
        float[] projection = new float[Dimensions * ChromaTables.Classes];
        for (int d = 0; d < Dimensions; d++)
        {
            for (int c = 0; c < ChromaTables.Classes; c++)
            {
                (double step, double shift, double radius) = circles[d];
                projection[(d * ChromaTables.Classes) + c] = (float)(radius * Math.Cos(Math.PI * ((step * c) - shift)));
            }
        }

        return projection;
    }
}
