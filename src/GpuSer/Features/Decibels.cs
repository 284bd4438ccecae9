using System.Numerics;
using GpuSer.Features.Mfcc;

namespace GpuSer.Features;

/// <summary>Power in decibels, floored under the largest value of the whole array.</summary>
internal static class Decibels
{
    // 10 log10(x) = 10 log10(2) log2(x).
    private const float PerOctave = 3.0102999566398120f;

    /// <summary><c>10 log10(max(1e-10, power))</c>, not yet floored.</summary>
    public static Vector<float> Of(Vector<float> power) =>
        Vector.Log2(Vector.Max(power, new Vector<float>(MfccTables.LeastPower))) * PerOctave;

    /// <summary>The floor for an array whose largest power is given: 80 dB under its decibels.</summary>
    public static Vector<float> Floor(float largestPower) => Of(new Vector<float>(largestPower)) - new Vector<float>(MfccTables.TopDecibels);

    /// <summary>The largest of some values; 0 where there are none.</summary>
    public static float Largest(ReadOnlySpan<float> values)
    {
        Vector<float> largest = default;
        int i = 0;
        for (; i <= values.Length - Vector<float>.Count; i += Vector<float>.Count)
        {
            largest = Vector.Max(largest, new Vector<float>(values[i..]));
        }

        float result = 0;
        for (int lane = 0; lane < Vector<float>.Count; lane++)
        {
            result = Math.Max(result, largest[lane]);
        }

        for (; i < values.Length; i++)
        {
            result = Math.Max(result, values[i]);
        }

        return result;
    }
}
