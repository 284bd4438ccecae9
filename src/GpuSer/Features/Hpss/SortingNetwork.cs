using System.Numerics;
using System.Runtime.CompilerServices;

namespace GpuSer.Features.Hpss;

/// <summary>
/// Comparators over vectors, a sort a lane, and the merges that the medians are built from: Batcher's odd-even merges, and bitonic
/// sorts where only a part of two sorted runs is kept. Values are not NaN.
/// </summary>
internal static unsafe class SortingNetwork
{
    /// <summary>Puts the smaller into the first.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Sort(ref Vector<float> a, ref Vector<float> b)
    {
        Vector<float> low = Vector.MinNative(a, b);
        b = Vector.MaxNative(a, b);
        a = low;
    }

    /// <summary>Loads two elements, sorted.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void LoadPair(float* source, int* offsets, Vector<float>* pair)
    {
        Vector<float> a = Vector.Load(source + offsets[0]), b = Vector.Load(source + offsets[1]);
        pair[0] = Vector.MinNative(a, b);
        pair[1] = Vector.MaxNative(a, b);
    }

    /// <summary>Merges two sorted pairs, one after the other, into four.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void MergePairs(Vector<float>* pairs, Vector<float>* four)
    {
        Vector<float> a = pairs[0], b = pairs[1], c = pairs[2], d = pairs[3];
        Merge(ref a, ref b, ref c, ref d);
        (four[0], four[1], four[2], four[3]) = (a, b, c, d);
    }

    /// <summary>Merges two sorted fours into eight.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void MergeFours(Vector<float>* a, Vector<float>* b, Vector<float>* eight)
    {
        Vector<float> e0 = a[0], e1 = a[2], e2 = b[0], e3 = b[2], o0 = a[1], o1 = a[3], o2 = b[1], o3 = b[3];
        Merge(ref e0, ref e1, ref e2, ref e3);
        Merge(ref o0, ref o1, ref o2, ref o3);
        Interleave(e0, e1, e2, e3, o0, o1, o2, o3, eight);
    }

    /// <summary>Sorts sixteen elements, with room for 32 to work in.</summary>
    public static void Sort16(float* source, int* offsets, Vector<float>* sorted, Vector<float>* work)
    {
        Vector<float>* pairs = work, fours = work + 16, eights = work;
        for (int i = 0; i < 16; i += 2)
        {
            LoadPair(source, offsets + i, pairs + i);
        }

        for (int i = 0; i < 16; i += 4)
        {
            MergePairs(pairs + i, fours + i);
        }

        MergeFours(fours, fours + 4, eights);
        MergeFours(fours + 8, fours + 12, eights + 8);
        MergeEights(eights, eights + 8, sorted, fours);
    }

    /// <summary>Of sixteen sorted and eight sorted, the eight in the middle, sorted.</summary>
    public static void Keep8(Vector<float>* sixteen, Vector<float>* eight, Vector<float>* kept)
    {
        Vector<float> a = Vector.MaxNative(sixteen[0], eight[7]), b = Vector.MaxNative(sixteen[1], eight[6]);
        Vector<float> c = Vector.MaxNative(sixteen[2], eight[5]), d = Vector.MaxNative(sixteen[3], eight[4]);
        Vector<float> e = Vector.MaxNative(sixteen[4], eight[3]), f = Vector.MaxNative(sixteen[5], eight[2]);
        Vector<float> g = Vector.MaxNative(sixteen[6], eight[1]), h = Vector.MaxNative(sixteen[7], eight[0]);
        SortBitonic(ref a, ref b, ref c, ref d, ref e, ref f, ref g, ref h);
        a = Vector.MinNative(a, sixteen[15]);
        b = Vector.MinNative(b, sixteen[14]);
        c = Vector.MinNative(c, sixteen[13]);
        d = Vector.MinNative(d, sixteen[12]);
        e = Vector.MinNative(e, sixteen[11]);
        f = Vector.MinNative(f, sixteen[10]);
        g = Vector.MinNative(g, sixteen[9]);
        h = Vector.MinNative(h, sixteen[8]);
        SortBitonic(ref a, ref b, ref c, ref d, ref e, ref f, ref g, ref h);
        (kept[0], kept[1], kept[2], kept[3], kept[4], kept[5], kept[6], kept[7]) = (a, b, c, d, e, f, g, h);
    }

    /// <summary>Of eight sorted and four sorted, the four in the middle, sorted.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Keep4(Vector<float>* eight, Vector<float>* four, Vector<float>* kept)
    {
        Vector<float> a = Vector.MaxNative(eight[0], four[3]), b = Vector.MaxNative(eight[1], four[2]);
        Vector<float> c = Vector.MaxNative(eight[2], four[1]), d = Vector.MaxNative(eight[3], four[0]);
        SortBitonic(ref a, ref b, ref c, ref d);
        a = Vector.MinNative(a, eight[7]);
        b = Vector.MinNative(b, eight[6]);
        c = Vector.MinNative(c, eight[5]);
        d = Vector.MinNative(d, eight[4]);
        SortBitonic(ref a, ref b, ref c, ref d);
        (kept[0], kept[1], kept[2], kept[3]) = (a, b, c, d);
    }

    private static void MergeEights(Vector<float>* a, Vector<float>* b, Vector<float>* sixteen, Vector<float>* work)
    {
        Vector<float>* evens = work, odds = work + 8;
        MergeAlternate(a, b, evens);
        MergeAlternate(a + 1, b + 1, odds);
        sixteen[0] = evens[0];
        for (int i = 0; i < 7; i++)
        {
            sixteen[(2 * i) + 1] = Vector.MinNative(odds[i], evens[i + 1]);
            sixteen[(2 * i) + 2] = Vector.MaxNative(odds[i], evens[i + 1]);
        }

        sixteen[15] = odds[7];
    }

    // As MergeFours, of every second element.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void MergeAlternate(Vector<float>* a, Vector<float>* b, Vector<float>* eight)
    {
        Vector<float> e0 = a[0], e1 = a[4], e2 = b[0], e3 = b[4], o0 = a[2], o1 = a[6], o2 = b[2], o3 = b[6];
        Merge(ref e0, ref e1, ref e2, ref e3);
        Merge(ref o0, ref o1, ref o2, ref o3);
        Interleave(e0, e1, e2, e3, o0, o1, o2, o3, eight);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Merge(ref Vector<float> a, ref Vector<float> b, ref Vector<float> c, ref Vector<float> d)
    {
        Sort(ref a, ref c);
        Sort(ref b, ref d);
        Sort(ref b, ref c);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Interleave(
        Vector<float> e0, Vector<float> e1, Vector<float> e2, Vector<float> e3,
        Vector<float> o0, Vector<float> o1, Vector<float> o2, Vector<float> o3, Vector<float>* eight)
    {
        Sort(ref o0, ref e1);
        Sort(ref o1, ref e2);
        Sort(ref o2, ref e3);
        (eight[0], eight[1], eight[2], eight[3], eight[4], eight[5], eight[6], eight[7]) = (e0, o0, e1, o1, e2, o2, e3, o3);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void SortBitonic(
        ref Vector<float> a, ref Vector<float> b, ref Vector<float> c, ref Vector<float> d,
        ref Vector<float> e, ref Vector<float> f, ref Vector<float> g, ref Vector<float> h)
    {
        Sort(ref a, ref e);
        Sort(ref b, ref f);
        Sort(ref c, ref g);
        Sort(ref d, ref h);
        SortBitonic(ref a, ref b, ref c, ref d);
        SortBitonic(ref e, ref f, ref g, ref h);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void SortBitonic(ref Vector<float> a, ref Vector<float> b, ref Vector<float> c, ref Vector<float> d)
    {
        Sort(ref a, ref c);
        Sort(ref b, ref d);
        Sort(ref a, ref b);
        Sort(ref c, ref d);
    }
}
