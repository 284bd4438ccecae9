using System.Numerics;

namespace GpuSer.Features.Contrast;

/// <summary>Peaks and valleys of the octave bands, and their difference in decibels.</summary>
internal static unsafe class ContrastCpu
{
    private const int MostKept = 9;

    /// <summary>Means of the largest and of the smallest magnitudes of each band, for one tile.</summary>
    /// <param name="magnitude">Tile. (1025, lanes)</param>
    /// <param name="peaks">Row 0 of the tile. (7 rows, a pitch apart)</param>
    /// <param name="valleys">Likewise.</param>
    /// <param name="pitch">Floats from row to row.</param>
    public static void PeaksAndValleys(float* magnitude, float* peaks, float* valleys, nint pitch)
    {
        int width = Lanes.Count;
        Vector<float>* largest = stackalloc Vector<float>[MostKept];
        Vector<float>* smallest = stackalloc Vector<float>[MostKept];
        for (int b = 0; b < ContrastTables.Count; b++)
        {
            ContrastBand band = ContrastTables.Bands[b];
            for (int j = 0; j < band.Quantile; j++)
            {
                largest[j] = new Vector<float>(float.NegativeInfinity);
                smallest[j] = new Vector<float>(float.PositiveInfinity);
            }

            for (int k = band.First; k < band.End; k++)
            {
                // Each value sinks into the sorted lists and pushes the last one out.
                Vector<float> up = Vector.Load(magnitude + (k * width)), down = up;
                for (int j = 0; j < band.Quantile; j++)
                {
                    Vector<float> high = largest[j], low = smallest[j];
                    largest[j] = Vector.MaxNative(high, up);
                    smallest[j] = Vector.MinNative(low, down);
                    up = Vector.MinNative(high, up);
                    down = Vector.MaxNative(low, down);
                }
            }

            Mean(largest, band.Quantile).Store(peaks + (b * pitch));
            Mean(smallest, band.Quantile).Store(valleys + (b * pitch));
        }
    }

    /// <summary>Contrast of one tile: the difference of the decibels of two values, each floored.</summary>
    public static void Difference(float* peaks, float* valleys, Vector<float> peakFloor, Vector<float> valleyFloor, float* contrast, nint pitch)
    {
        for (int b = 0; b < ContrastTables.Count; b++)
        {
            Vector<float> peak = Vector.Max(Decibels.Of(Vector.Load(peaks + (b * pitch))), peakFloor);
            Vector<float> valley = Vector.Max(Decibels.Of(Vector.Load(valleys + (b * pitch))), valleyFloor);
            (peak - valley).Store(contrast + (b * pitch));
        }
    }

    private static Vector<float> Mean(Vector<float>* values, int count)
    {
        Vector<float> sum = values[0];
        for (int j = 1; j < count; j++)
        {
            sum += values[j];
        }

        return sum / new Vector<float>(count);
    }
}
