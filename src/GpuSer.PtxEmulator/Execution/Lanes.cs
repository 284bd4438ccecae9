using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace GpuSer.PtxEmulator.Execution;

/// <summary>The 32 lanes of a warp: sets of them are bit masks, values of them lie one after another in memory.</summary>
internal static unsafe class Lanes
{
    public const int Count = 32;

    public const uint All = uint.MaxValue;

    /// <summary>All bits of element i set where lane <paramref name="lane"/> + i is in <paramref name="lanes"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<T> Mask<T>(uint lanes, int lane)
        where T : unmanaged
    {
        if (sizeof(T) == 8)
        {
            Vector256<ulong> bits = Vector256.Create(1ul, 2, 4, 8);
            return Vector256.Equals(Vector256.Create((ulong)(lanes >> lane)) & bits, bits).As<ulong, T>();
        }

        if (sizeof(T) == 4)
        {
            Vector256<uint> bits = Vector256.Create(1u, 2, 4, 8, 16, 32, 64, 128);
            return Vector256.Equals(Vector256.Create(lanes >> lane) & bits, bits).As<uint, T>();
        }

        Vector256<ushort> halves = Vector256.Create(1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 16384, 32768);
        return Vector256.Equals(Vector256.Create((ushort)(lanes >> lane)) & halves, halves).As<ushort, T>();
    }

    /// <summary>Stores <paramref name="value"/> in the given lanes only.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store<T>(T* target, uint lanes, int lane, Vector256<T> value)
        where T : unmanaged
    {
        if (lanes != All)
            value = Vector256.ConditionalSelect(Mask<T>(lanes, lane), value, Vector256.Load(target + lane));
        value.Store(target + lane);
    }

    /// <summary>Sets all lanes to one value.</summary>
    public static void Fill(byte* target, int bytes, ulong value)
    {
        switch (bytes)
        {
            case 8:
                new Span<ulong>(target, Count).Fill(value);
                break;
            case 4:
                new Span<uint>(target, Count).Fill((uint)value);
                break;
            default:
                new Span<ushort>(target, Count).Fill((ushort)value);
                break;
        }
    }

    /// <summary>The lowest lane of a set that is not empty.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int First(uint lanes) => BitOperations.TrailingZeroCount(lanes);
}
