using System.Numerics;
using System.Runtime.CompilerServices;
using static GpuSer.Features.Hpss.SortingNetwork;

namespace GpuSer.Features.Hpss;

/// <summary>
/// Medians over windows of 31, sixteen neighbouring windows at a time, in every lane at once. The sixteen windows share sixteen
/// elements; those are sorted once. Halving the group again and again, each half adds to what it shares the 8, 4, 2 and 1 further
/// elements that all of its windows have, and keeps only the values that can still be the median: 16, 8, 4, 2 and at last 1. That is
/// about 35 minima or maxima an output. Merging follows K. E. Batcher, "Sorting networks and their applications", 1968.
/// </summary>
internal static unsafe class SlidingMedian
{
    /// <summary>Elements of a window.</summary>
    public const int Window = 31;

    /// <summary>Elements on either side of a window's centre.</summary>
    public const int Reach = Window / 2;

    /// <summary>Windows of a group.</summary>
    public const int Group = 16;

    /// <summary>Elements that the windows of a group cover.</summary>
    public const int Span = Group + (2 * Reach);

    /// <summary>Index of element i of an axis that is mirrored at its ends, the edge repeated, as often as needed.</summary>
    public static int Mirror(int i, int length)
    {
        int phase = i % (2 * length);
        phase = phase < 0 ? phase + (2 * length) : phase;
        return phase < length ? phase : (2 * length) - 1 - phase;
    }

    /// <summary>Writes the medians round elements 15 to 30 of 46.</summary>
    /// <param name="source">What the offsets count from.</param>
    /// <param name="offsets">Where each element's vector is, in floats. [46]</param>
    /// <param name="destination">Where the first median goes.</param>
    /// <param name="stride">Floats from one median to the next.</param>
    /// <param name="count">How many of the sixteen to write.</param>
    [SkipLocalsInit]
    public static void Run(float* source, int* offsets, float* destination, nint stride, int count)
    {
        // Sorted runs: core [15, 31), left [7, 15), right [31, 39), and the fours and pairs that come later.
        Vector<float>* core = stackalloc Vector<float>[16];
        Vector<float>* left = stackalloc Vector<float>[8];
        Vector<float>* right = stackalloc Vector<float>[8];
        Vector<float>* leftFours = stackalloc Vector<float>[8];
        Vector<float>* rightFours = stackalloc Vector<float>[8];
        Vector<float>* pairs = stackalloc Vector<float>[32];
        Vector<float>* half = stackalloc Vector<float>[8];
        Vector<float>* quarter = stackalloc Vector<float>[4];

        Sort16(source, offsets + 15, core);

        // Pairs (1, 2), (3, 4) .. (13, 14) on the left at 0..13, (31, 32) .. (43, 44) on the right at 16..29.
        for (int i = 0; i < 7; i++)
        {
            LoadPair(source, offsets + 1 + (2 * i), pairs + (2 * i));
            LoadPair(source, offsets + 31 + (2 * i), pairs + 16 + (2 * i));
        }

        MergePairs(pairs + 2, leftFours);
        MergePairs(pairs + 10, leftFours + 4);
        MergePairs(pairs + 16, rightFours);
        MergePairs(pairs + 24, rightFours + 4);
        Vector<float>* inner = stackalloc Vector<float>[4];
        MergePairs(pairs + 6, inner);
        MergeFours(inner, leftFours + 4, left);
        MergePairs(pairs + 20, inner);
        MergeFours(rightFours, inner, right);

        Keep8(core, left, half);
        Quarter(half, leftFours, pairs, 0);
        Quarter(half, rightFours, pairs, 4);
        Keep8(core, right, half);
        Quarter(half, leftFours + 4, pairs, 8);
        Quarter(half, rightFours + 4, pairs, 12);

        void Quarter(Vector<float>* shared, Vector<float>* four, Vector<float>* twos, int first)
        {
            // Windows first, first + 1 take the pair that ends where the quarter begins on the left; the others one on the right.
            Keep4(shared, four, quarter);
            Pair(quarter, twos + first, first);
            Pair(quarter, twos + 16 + first, first + 2);
        }

        void Pair(Vector<float>* shared, Vector<float>* two, int first)
        {
            if (first >= count)
            {
                return;
            }

            // Of 4 and 2 the third and fourth smallest; with one more element the median is the middle of three.
            Vector<float> a = Vector.MaxNative(shared[0], two[1]), b = Vector.MaxNative(shared[1], two[0]);
            Sort(ref a, ref b);
            Vector<float> low = Vector.MinNative(a, shared[3]), high = Vector.MinNative(b, shared[2]);
            Sort(ref low, ref high);
            Vector.MaxNative(low, Vector.MinNative(high, Vector.Load(source + offsets[first]))).Store(destination + (first * stride));
            if (first + 1 < count)
            {
                Vector.MaxNative(low, Vector.MinNative(high, Vector.Load(source + offsets[first + 31]))).Store(destination + ((first + 1) * stride));
            }
        }
    }
}
