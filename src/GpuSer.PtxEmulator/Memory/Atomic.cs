using System.Runtime.CompilerServices;
using GpuSer.PtxEmulator.Execution;
using GpuSer.PtxEmulator.Instructions;

namespace GpuSer.PtxEmulator.Memory;

/// <summary>
/// <c>atom</c> and <c>red</c> on 4 or 8 bytes: lanes one after another, against other workers by compare and exchange.
/// </summary>
internal sealed unsafe class Atomic<T, TOperation>(AddressOperandCode address, int? target, int source) : MemoryInstruction(address)
    where T : unmanaged
    where TOperation : struct, IScalarBinary<T, T, T>
{
    protected override AccessMode Mode => AccessMode.Atomic;

    protected override void Move(Warp warp, byte* origin, in AccessPattern pattern, ulong* addresses)
    {
        T* values = warp.At<T>(source);
        T* old = stackalloc T[Lanes.Count];
        for (uint rest = pattern.Lanes; rest != 0; rest &= rest - 1)
        {
            int lane = Lanes.First(rest);
            old[lane] = AtomicCell.Update<T, Combine<T, TOperation>>(origin + addresses[lane], new Combine<T, TOperation>(values[lane]));
        }

        AtomicCell.Return(warp, target, pattern.Lanes, old);
    }
}

/// <summary><c>atom.cas</c>.</summary>
internal sealed unsafe class AtomicCompareAndSwap<T>(AddressOperandCode address, int? target, int compared, int source) : MemoryInstruction(address)
    where T : unmanaged, IEquatable<T>
{
    protected override AccessMode Mode => AccessMode.Atomic;

    protected override void Move(Warp warp, byte* origin, in AccessPattern pattern, ulong* addresses)
    {
        T* expected = warp.At<T>(compared);
        T* values = warp.At<T>(source);
        T* old = stackalloc T[Lanes.Count];
        for (uint rest = pattern.Lanes; rest != 0; rest &= rest - 1)
        {
            int lane = Lanes.First(rest);
            old[lane] = AtomicCell.Update<T, Swap<T>>(origin + addresses[lane], new Swap<T>(expected[lane], values[lane]));
        }

        AtomicCell.Return(warp, target, pattern.Lanes, old);
    }
}

/// <summary>A new value from an old one.</summary>
internal interface IUpdate<T>
{
    T Next(T old);
}

internal readonly struct Combine<T, TOperation>(T operand) : IUpdate<T>
    where TOperation : struct, IScalarBinary<T, T, T>
{
    public T Next(T old) => TOperation.Invoke(old, operand);
}

internal readonly struct Swap<T>(T expected, T value) : IUpdate<T>
    where T : IEquatable<T>
{
    public T Next(T old) => old.Equals(expected) ? value : old;
}

/// <summary>One memory cell changed atomically.</summary>
internal static unsafe class AtomicCell
{
    /// <summary>Replaces a value by what <paramref name="update"/> makes of it; returns the old one.</summary>
    public static T Update<T, TUpdate>(byte* cell, TUpdate update)
        where T : unmanaged
        where TUpdate : struct, IUpdate<T>
    {
        while (true)
        {
            if (sizeof(T) == 8)
            {
                long old = Volatile.Read(ref *(long*)cell);
                T next = update.Next(Unsafe.BitCast<long, T>(old));
                if (Interlocked.CompareExchange(ref *(long*)cell, Unsafe.BitCast<T, long>(next), old) == old)
                    return Unsafe.BitCast<long, T>(old);
            }
            else
            {
                int old = Volatile.Read(ref *(int*)cell);
                T next = update.Next(Unsafe.BitCast<int, T>(old));
                if (Interlocked.CompareExchange(ref *(int*)cell, Unsafe.BitCast<T, int>(next), old) == old)
                    return Unsafe.BitCast<int, T>(old);
            }
        }
    }

    /// <summary>Gives lanes the old values, where they are wanted.</summary>
    public static void Return<T>(Warp warp, int? target, uint lanes, T* old)
        where T : unmanaged
    {
        if (target is not int offset)
            return;
        T* result = warp.At<T>(offset);
        for (uint rest = lanes; rest != 0; rest &= rest - 1)
            result[Lanes.First(rest)] = old[Lanes.First(rest)];
    }
}

/// <summary><c>exch</c>.</summary>
internal readonly struct Exchange<T> : IScalarBinary<T, T, T>
{
    public static T Invoke(T a, T b) => b;
}

/// <summary><c>inc</c>: counts up to the operand, then from 0.</summary>
internal readonly struct IncrementWrapped : IScalarBinary<uint, uint, uint>
{
    public static uint Invoke(uint a, uint b) => a >= b ? 0 : a + 1;
}

/// <summary><c>dec</c>: counts down to 0, then from the operand.</summary>
internal readonly struct DecrementWrapped : IScalarBinary<uint, uint, uint>
{
    public static uint Invoke(uint a, uint b) => a == 0 || a > b ? b : a - 1;
}
