using System.Numerics;
using static GpuSer.Features.Hpss.SortingNetwork;

namespace GpuSer.Features.Hpss;

/// <summary>
/// Medians over windows of 31, sixteen neighbouring windows at a time, in every lane at once. The sixteen windows share sixteen
/// elements; those are sorted once. Halving the group again and again, each half adds to what it shares the 8, 4, 2 and 1 further
/// elements that all of its windows have, and keeps only the values that can still be the median: 16, 8, 4, 2 and at last 1. That is
/// about 35 minima or maxima an output. Merging follows K. E. Batcher, "Sorting networks and their applications", 1968.
/// </summary>
internal sealed unsafe class SlidingMedian
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

    private readonly Scratch _scratch = new();
    private readonly Vector<float>* _core;
    private readonly Vector<float>* _left;
    private readonly Vector<float>* _right;
    private readonly Vector<float>* _leftFours;
    private readonly Vector<float>* _rightFours;
    private readonly Vector<float>* _pairs;
    private readonly Vector<float>* _half;
    private readonly Vector<float>* _quarter;
    private readonly Vector<float>* _work;

    /// <summary>Takes memory for the sorted runs.</summary>
    public SlidingMedian()
    {
        _core = (Vector<float>*)_scratch.Reserve(128 * Lanes.Count);
        _left = _core + 16;
        _right = _left + 8;
        _leftFours = _right + 8;
        _rightFours = _leftFours + 8;
        _pairs = _rightFours + 8;
        _half = _pairs + 32;
        _quarter = _half + 8;
        _work = _quarter + 4;
    }

    /// <summary>Writes the medians round elements 15 to 30 of 46.</summary>
    /// <param name="source">What the offsets count from.</param>
    /// <param name="offsets">Where each element's vector is, in floats. [46]</param>
    /// <param name="destination">Where the first median goes.</param>
    /// <param name="stride">Floats from one median to the next.</param>
    /// <param name="count">How many of the sixteen to write.</param>
    public void Run(float* source, int* offsets, float* destination, nint stride, int count)
    {
        SortRuns(source, offsets);
        Medians medians = new(source, offsets, destination, stride, count);
        Keep8(_core, _left, _half);
        Quarter(medians, _leftFours, 0);
        Quarter(medians, _rightFours, 4);
        Keep8(_core, _right, _half);
        Quarter(medians, _leftFours + 4, 8);
        Quarter(medians, _rightFours + 4, 12);
    }

    // What all windows share is [15, 31); what the first and the second half of them have besides, [7, 15) and [31, 39).
    private void SortRuns(float* source, int* offsets)
    {
        Sort16(source, offsets + Reach, _core, _work);

        // Pairs (1, 2), (3, 4) .. (13, 14) on the left at 0..13, (31, 32) .. (43, 44) on the right at 16..29.
        for (int i = 0; i < 14; i += 2)
        {
            LoadPair(source, offsets + 1 + i, _pairs + i);
            LoadPair(source, offsets + Window + i, _pairs + 16 + i);
        }

        MergePairs(_pairs + 2, _leftFours);
        MergePairs(_pairs + 10, _leftFours + 4);
        MergePairs(_pairs + 16, _rightFours);
        MergePairs(_pairs + 24, _rightFours + 4);
        MergePairs(_pairs + 6, _work);
        MergeFours(_work, _leftFours + 4, _left);
        MergePairs(_pairs + 20, _work);
        MergeFours(_rightFours, _work, _right);
    }

    // Windows first and first + 1 take the pair that they have on the left, the other two one on the right.
    private void Quarter(in Medians medians, Vector<float>* four, int first)
    {
        Keep4(_half, four, _quarter);
        medians.Write(_quarter, _pairs + first, first);
        medians.Write(_quarter, _pairs + 16 + first, first + 2);
    }

    private readonly struct Medians(float* source, int* offsets, float* destination, nint stride, int count)
    {
        // Of 4 and 2 the third and fourth smallest; with one more element the median is the middle of three.
        public void Write(Vector<float>* four, Vector<float>* two, int window)
        {
            if (window >= count)
            {
                return;
            }

            Vector<float> a = Vector.MaxNative(four[0], two[1]), b = Vector.MaxNative(four[1], two[0]);
            Sort(ref a, ref b);
            Vector<float> low = Vector.MinNative(a, four[3]), high = Vector.MinNative(b, four[2]);
            Sort(ref low, ref high);
            Vector.MaxNative(low, Vector.MinNative(high, Vector.Load(source + offsets[window]))).Store(destination + (window * stride));
            if (window + 1 < count)
            {
                Vector<float> last = Vector.Load(source + offsets[window + Window]);
                Vector.MaxNative(low, Vector.MinNative(high, last)).Store(destination + ((window + 1) * stride));
            }
        }
    }
}
