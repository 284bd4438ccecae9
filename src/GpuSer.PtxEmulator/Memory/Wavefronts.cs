using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using GpuSer.PtxEmulator.Execution;

namespace GpuSer.PtxEmulator.Memory;

/// <summary>
/// Passes a shared-memory access takes: 32 banks of 4-byte words, one word of each bank a pass, lanes that want the same
/// word served together. Accesses of 8 bytes go half a warp at a time, those of 16 bytes a quarter.
/// </summary>
internal static unsafe class Wavefronts
{
    private const int Banks = 32;

    /// <summary>The fewest passes for these lanes.</summary>
    public static int Least(uint lanes, int bytes)
    {
        int group = LanesPerPass(bytes);
        uint groupMask = group == Lanes.Count ? Lanes.All : (1u << group) - 1;
        int passes = 0;
        for (int lane = 0; lane < Lanes.Count; lane += group)
            passes += ((lanes >> lane) & groupMask) != 0 ? 1 : 0;
        return passes;
    }

    /// <summary>The passes that these addresses take.</summary>
    public static int Count(uint lanes, ulong* addresses, int bytes)
    {
        if (lanes == Lanes.All && bytes == 4 && TryStride(addresses, out int passes))
            return passes;
        if (bytes <= 4 && IsFree(lanes, addresses))
            return 1;
        int group = LanesPerPass(bytes);
        int total = 0;
        uint groupMask = group == Lanes.Count ? Lanes.All : (1u << group) - 1;
        for (int lane = 0; lane < Lanes.Count; lane += group)
        {
            uint part = lanes & (groupMask << lane);
            if (part != 0)
                total += CountGroup(part, addresses, bytes);
        }

        return total;
    }

    private static int LanesPerPass(int bytes) => bytes <= 4 ? Lanes.Count : Lanes.Count * 4 / bytes;

    /// <summary>With word addresses a constant stride apart, a bank serves gcd(stride, 32) lanes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static bool TryStride(ulong* addresses, out int passes)
    {
        ulong stride = addresses[1] - addresses[0];
        passes = 1 << Math.Min(5, BitOperations.TrailingZeroCount(stride / 4));
        Vector256<ulong> expected = Vector256.Create(addresses[0]) + (Vector256.Create(0ul, 1, 2, 3) * Vector256.Create(stride));
        Vector256<ulong> step = Vector256.Create(4 * stride);
        Vector256<ulong> broken = Vector256<ulong>.Zero;
        for (int lane = 0; lane < Lanes.Count; lane += 4)
        {
            broken |= Vector256.Load(addresses + lane) ^ expected;
            expected += step;
        }

        return broken == Vector256<ulong>.Zero && stride % 4 == 0 && stride != 0;
    }

    /// <summary>Whether no bank is asked for two different words.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    [SkipLocalsInit]
    private static bool IsFree(uint lanes, ulong* addresses)
    {
        uint* words = stackalloc uint[Banks];
        uint seen = 0;
        for (uint rest = lanes; rest != 0; rest &= rest - 1)
        {
            uint word = (uint)(addresses[Lanes.First(rest)] / 4);
            int bank = (int)(word % Banks);
            if ((seen >> bank & 1) == 0)
                words[bank] = word;
            else if (words[bank] != word)
                return false;
            seen |= 1u << bank;
        }

        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    [SkipLocalsInit]
    private static int CountGroup(uint lanes, ulong* addresses, int bytes)
    {
        // Each bank keeps a chain of the distinct words it has to serve.
        int* head = stackalloc int[Banks];
        int* length = stackalloc int[Banks];
        int* next = stackalloc int[Lanes.Count];
        uint* words = stackalloc uint[Lanes.Count];
        new Span<int>(head, Banks).Fill(-1);
        new Span<int>(length, Banks).Clear();
        int used = 0;
        int most = 1;
        int wordsPerLane = Math.Max(1, bytes / 4);
        for (uint rest = lanes; rest != 0; rest &= rest - 1)
        {
            uint first = (uint)(addresses[Lanes.First(rest)] / 4);
            for (uint word = first; word < first + (uint)wordsPerLane; word++)
            {
                int bank = (int)(word % Banks);
                int at = head[bank];
                while (at >= 0 && words[at] != word)
                    at = next[at];
                if (at >= 0)
                    continue;
                words[used] = word;
                next[used] = head[bank];
                head[bank] = used++;
                most = Math.Max(most, ++length[bank]);
            }
        }

        return most;
    }
}
