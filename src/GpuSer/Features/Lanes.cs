using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace GpuSer.Features;

/// <summary>
/// How the CPU computes features: as many neighbouring frames as a SIMD register has lanes are computed together, a frame a lane.
/// Such a group is a <em>tile</em>, an array (rows, lanes); nothing in a transform, a filter bank or a median then ever crosses
/// lanes, so that all of them are written as for a single frame. Only <see cref="Transpose"/> turns samples into lanes and back.
/// </summary>
internal static unsafe class Lanes
{
    /// <summary>Frames of a tile.</summary>
    public static int Count => Vector<float>.Count;

    /// <summary>Tiles that hold so many frames; the last may be ragged, and has zeros there.</summary>
    public static int Tiles(int frames) => (frames + Count - 1) / Count;

    /// <summary>Transposes a square of <see cref="Count"/> by <see cref="Count"/> floats; strides are in floats.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Transpose(float* source, nint sourceStride, float* destination, nint destinationStride)
    {
        if (Avx.IsSupported && Count == 8)
        {
            TransposeHalf(source, sourceStride, destination, destinationStride);
            TransposeHalf(source + 4, sourceStride, destination + (4 * destinationStride), destinationStride);
            return;
        }

        for (int row = 0; row < Count; row++)
        {
            for (int column = 0; column < Count; column++)
            {
                destination[(column * destinationStride) + row] = source[(row * sourceStride) + column];
            }
        }
    }

    // Four columns of eight rows become four rows: rows i and i + 4 share a register, so that nothing crosses its halves.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void TransposeHalf(float* source, nint stride, float* destination, nint destinationStride)
    {
        Vector256<float> a = Pair(source, stride), b = Pair(source + stride, stride);
        Vector256<float> c = Pair(source + (2 * stride), stride), d = Pair(source + (3 * stride), stride);
        Vector256<float> abLow = Avx.UnpackLow(a, b), abHigh = Avx.UnpackHigh(a, b);
        Vector256<float> cdLow = Avx.UnpackLow(c, d), cdHigh = Avx.UnpackHigh(c, d);
        Avx.Shuffle(abLow, cdLow, 0x44).Store(destination);
        Avx.Shuffle(abLow, cdLow, 0xEE).Store(destination + destinationStride);
        Avx.Shuffle(abHigh, cdHigh, 0x44).Store(destination + (2 * destinationStride));
        Avx.Shuffle(abHigh, cdHigh, 0xEE).Store(destination + (3 * destinationStride));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Pair(float* source, nint stride) =>
        Vector256.Create(Vector128.Load(source), Vector128.Load(source + (4 * stride)));
}
