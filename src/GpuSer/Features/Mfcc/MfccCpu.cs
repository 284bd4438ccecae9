using System.Numerics;
using GpuSer.Features.Mel;

namespace GpuSer.Features.Mfcc;

/// <summary>Decibels and cepstral coefficients of a signal's mel spectrum.</summary>
internal static unsafe class MfccCpu
{
    /// <summary>Mel power of one tile to floored decibels.</summary>
    /// <param name="mel">Row 0 of the tile. (128 rows, a pitch apart)</param>
    /// <param name="pitch">Floats from row to row.</param>
    /// <param name="floor">Least decibels, in every lane.</param>
    /// <param name="decibels">Tile. (128, lanes)</param>
    public static void ToDecibels(float* mel, nint pitch, Vector<float> floor, float* decibels)
    {
        int width = Lanes.Count;
        for (int m = 0; m < MelTables.Bands; m++)
        {
            Vector.Max(Decibels.Of(Vector.Load(mel + (m * pitch))), floor).Store(decibels + (m * width));
        }
    }

    /// <summary>DCT of the decibels of one tile.</summary>
    /// <param name="decibels">Tile. (128, lanes)</param>
    /// <param name="mfcc">Row 0 of the tile. (13 rows, a pitch apart)</param>
    /// <param name="pitch">Floats from row to row.</param>
    public static void Transform(float* decibels, float* mfcc, nint pitch)
    {
        int width = Lanes.Count;
        fixed (float* dct = MfccTables.Dct)
        {
            for (int c = 0; c < MfccTables.Coefficients; c++)
            {
                float* weights = dct + (c * MelTables.Bands);
                Vector<float> even = default, odd = default;
                for (int m = 0; m < MelTables.Bands; m += 2)
                {
                    even = Vector.FusedMultiplyAdd(Vector.Load(decibels + (m * width)), new Vector<float>(weights[m]), even);
                    odd = Vector.FusedMultiplyAdd(Vector.Load(decibels + ((m + 1) * width)), new Vector<float>(weights[m + 1]), odd);
                }

                (even + odd).Store(mfcc + (c * pitch));
            }
        }
    }
}
