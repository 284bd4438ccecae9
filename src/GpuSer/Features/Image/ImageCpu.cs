using System.Numerics;

namespace GpuSer.Features.Image;

/// <summary>Turns rows into an image: each row over its largest magnitude, transposed.</summary>
internal static unsafe class ImageCpu
{
    private const float SmallestNormal = 1.17549435e-38f;

    /// <summary>Divides each row by its largest magnitude, unless that is under the smallest normal float.</summary>
    /// <param name="rows">The rows, a pitch apart; whole vectors are read and written. (rows, frames)</param>
    /// <param name="count">How many rows.</param>
    /// <param name="pitch">Floats from row to row, a multiple of the lanes.</param>
    /// <param name="frames">Frames that count.</param>
    public static void NormaliseRows(float* rows, int count, nint pitch, int frames)
    {
        for (int r = 0; r < count; r++, rows += pitch)
        {
            float largest = LargestMagnitude(rows, frames);
            if (largest < SmallestNormal)
            {
                continue;
            }

            Vector<float> divisor = new(largest);
            for (int t = 0; t < frames; t += Lanes.Count)
            {
                (Vector.Load(rows + t) / divisor).Store(rows + t);
            }
        }
    }

    /// <summary>Writes rows as columns.</summary>
    /// <param name="rows">The rows, a pitch apart. (rows, frames)</param>
    /// <param name="pitch">Floats from row to row.</param>
    /// <param name="frames">Frames to write.</param>
    /// <param name="image">Where to. (frames, rows)</param>
    public static void Transpose(float* rows, nint pitch, int frames, Span<float> image)
    {
        int count = image.Length / frames, width = Lanes.Count;
        int wholeRows = count / width * width, wholeFrames = frames / width * width;
        fixed (float* to = image)
        {
            for (int t = 0; t < wholeFrames; t += width)
            {
                for (int r = 0; r < wholeRows; r += width)
                {
                    Lanes.Transpose(rows + (r * pitch) + t, pitch, to + ((nint)t * count) + r, count);
                }
            }

            for (int t = 0; t < frames; t++)
            {
                for (int r = t < wholeFrames ? wholeRows : 0; r < count; r++)
                {
                    to[((nint)t * count) + r] = rows[(r * pitch) + t];
                }
            }
        }
    }

    private static float LargestMagnitude(float* row, int frames)
    {
        Vector<float> largest = default;
        int t = 0;
        for (; t <= frames - Lanes.Count; t += Lanes.Count)
        {
            largest = Vector.Max(largest, Vector.Abs(Vector.Load(row + t)));
        }

        float result = 0;
        for (int lane = 0; lane < Lanes.Count; lane++)
        {
            result = Math.Max(result, largest[lane]);
        }

        for (; t < frames; t++)
        {
            result = Math.Max(result, Math.Abs(row[t]));
        }

        return result;
    }
}
