using GpuSer.PtxEmulator.Parsing;

namespace GpuSer.PtxEmulator.Decoding;

/// <summary>Linear scan: gives registers whose live ranges do not meet the same place in a warp's register file.</summary>
internal sealed class SlotAllocator
{
    private const int Lanes = 32;

    private readonly Dictionary<int, Stack<int>> _free = new() { [2] = [], [4] = [], [8] = [] };
    private readonly PriorityQueue<VirtualRegister, int> _active = new();

    private SlotAllocator(int firstByte)
    {
        Bytes = firstByte;
    }

    /// <summary>Bytes of a warp's register file.</summary>
    public int Bytes { get; private set; }

    /// <summary>Number of predicates, the two constant ones and the carry flag among them.</summary>
    public int Predicates { get; private set; } = PredicateSlots.FirstFree;

    /// <summary>Places all registers behind the first <paramref name="firstByte"/> bytes.</summary>
    public static SlotAllocator Run(IReadOnlyList<VirtualRegister> registers, Liveness liveness, int firstByte)
    {
        var allocator = new SlotAllocator(firstByte);
        foreach (VirtualRegister register in registers.OrderBy(r => liveness.RangeOf(r).First))
        {
            (int first, int last) = liveness.RangeOf(register);
            if (last < 0)
                continue; // never named
            if (register.IsPredicate)
                register.Slot = allocator.Predicates++;
            else
                allocator.Place(register, first, last);
        }

        return allocator;
    }

    private void Place(VirtualRegister register, int first, int last)
    {
        while (_active.TryPeek(out VirtualRegister? ended, out int end) && end < first)
        {
            _active.Dequeue();
            _free[ended.Bytes].Push(ended.Slot);
        }

        if (_free[register.Bytes].TryPop(out int slot))
            register.Slot = slot;
        else
        {
            register.Slot = Bytes;
            Bytes += Math.Max(64, register.Bytes * Lanes);
        }

        _active.Enqueue(register, last);
    }
}

/// <summary>Predicates with a meaning of their own.</summary>
internal static class PredicateSlots
{
    public const int False = 0;

    public const int True = 1;

    /// <summary>The condition code's carry flag (<c>add.cc</c>, <c>addc</c>).</summary>
    public const int Carry = 2;

    /// <summary>Takes results nobody wants.</summary>
    public const int Sink = 3;

    public const int FirstFree = 4;
}
