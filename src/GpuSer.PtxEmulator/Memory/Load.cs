using System.Numerics;
using System.Runtime.CompilerServices;
using GpuSer.PtxEmulator.Execution;

namespace GpuSer.PtxEmulator.Memory;

/// <summary><c>ld</c>: elements of type TMemory to registers of type TRegister, extended by TMemory's sign.</summary>
internal sealed unsafe class Load<TMemory, TRegister>(AddressOperandCode address, int[] targets) : MemoryInstruction(address)
    where TMemory : unmanaged, INumberBase<TMemory>
    where TRegister : unmanaged, INumberBase<TRegister>
{
    /// <summary>A register nobody wants: <c>_</c> in a vector.</summary>
    public const int Sink = int.MinValue;

    protected override AccessMode Mode => AccessMode.Load;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    protected override void Move(Warp warp, byte* origin, in AccessPattern pattern, ulong* addresses)
    {
        if (pattern.Lanes == Lanes.All && pattern.Shape == AccessShape.Run && targets.Length == 1 && sizeof(TMemory) == sizeof(TRegister))
        {
            Unsafe.CopyBlockUnaligned(warp.At(targets[0]), origin + pattern.First, (uint)(Lanes.Count * sizeof(TMemory)));
            return;
        }

        for (int element = 0; element < targets.Length; element++)
        {
            if (targets[element] == Sink)
                continue;
            TRegister* target = warp.At<TRegister>(targets[element]);
            byte* source = origin + (element * sizeof(TMemory));
            if (pattern.Lanes == Lanes.All)
            {
                for (int lane = 0; lane < Lanes.Count; lane++)
                    target[lane] = TRegister.CreateTruncating(*(TMemory*)(source + addresses[lane]));
                continue;
            }

            for (uint rest = pattern.Lanes; rest != 0; rest &= rest - 1)
            {
                int lane = Lanes.First(rest);
                target[lane] = TRegister.CreateTruncating(*(TMemory*)(source + addresses[lane]));
            }
        }
    }
}

/// <summary><c>st</c>: the low bytes of registers.</summary>
internal sealed unsafe class Store<TMemory, TRegister>(AddressOperandCode address, int[] sources) : MemoryInstruction(address)
    where TMemory : unmanaged, INumberBase<TMemory>
    where TRegister : unmanaged, INumberBase<TRegister>
{
    protected override AccessMode Mode => AccessMode.Store;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    protected override void Move(Warp warp, byte* origin, in AccessPattern pattern, ulong* addresses)
    {
        if (pattern.Lanes == Lanes.All && pattern.Shape == AccessShape.Run && sources.Length == 1 && sizeof(TMemory) == sizeof(TRegister))
        {
            Unsafe.CopyBlockUnaligned(origin + pattern.First, warp.At(sources[0]), (uint)(Lanes.Count * sizeof(TMemory)));
            return;
        }

        for (int element = 0; element < sources.Length; element++)
        {
            TRegister* source = warp.At<TRegister>(sources[element]);
            byte* target = origin + (element * sizeof(TMemory));
            for (uint rest = pattern.Lanes; rest != 0; rest &= rest - 1)
            {
                int lane = Lanes.First(rest);
                *(TMemory*)(target + addresses[lane]) = TMemory.CreateTruncating(source[lane]);
            }
        }
    }
}
