using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using GpuSer.PtxEmulator.Execution;

namespace GpuSer.PtxEmulator.Memory;

/// <summary>The span of a warp's addresses, so that one comparison checks all lanes.</summary>
internal static unsafe class AddressBounds
{
    /// <summary>Lowest and highest address of all 32 lanes, and the bits set in any of them.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (ulong Lowest, ulong Highest, ulong Ored) Of(ulong* addresses)
    {
        Vector256<ulong> lowest = Vector256.Load(addresses);
        Vector256<ulong> highest = lowest;
        Vector256<ulong> ored = lowest;
        for (int lane = 4; lane < Lanes.Count; lane += 4)
        {
            Vector256<ulong> four = Vector256.Load(addresses + lane);
            lowest = Vector256.Min(lowest, four);
            highest = Vector256.Max(highest, four);
            ored |= four;
        }

        ulong low = Math.Min(Math.Min(lowest[0], lowest[1]), Math.Min(lowest[2], lowest[3]));
        ulong high = Math.Max(Math.Max(highest[0], highest[1]), Math.Max(highest[2], highest[3]));
        return (low, high, ored[0] | ored[1] | ored[2] | ored[3]);
    }
}
