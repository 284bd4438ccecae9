using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using GpuSer.PtxEmulator.Counters;
using GpuSer.PtxEmulator.Execution;

namespace GpuSer.PtxEmulator.Memory;

/// <summary>The shared memory of the block a worker executes, with a byte per byte that says whether it was written.</summary>
internal sealed unsafe class SharedMemory : IDisposable
{
    private readonly WorkerCounters _counters;
    private readonly RaceDetector? _races;
    private readonly byte* _written;

    public SharedMemory(int bytes, WorkerCounters counters, bool detectRaces)
    {
        Bytes = bytes;
        _counters = counters;
        Data = (byte*)NativeMemory.AlignedAlloc((nuint)bytes + 256, 256);
        _written = (byte*)NativeMemory.AlignedAlloc((nuint)bytes + 256, 256);
        _races = detectRaces ? new(bytes) : null;
    }

    public int Bytes { get; }

    public byte* Data { get; }

    /// <summary>Forgets what was written, for a new block.</summary>
    public void Reset()
    {
        NativeMemory.Clear(_written, (nuint)Bytes);
        _races?.Reset();
    }

    /// <summary>Notes that all threads have met at a barrier.</summary>
    public void Synchronize() => _races?.Synchronize();

    /// <summary>Checks one access of a warp, counts its wavefronts, and notes what it writes.</summary>
    /// <exception cref="PtxFaultException">A lane's address or what it reads is not allowed.</exception>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Access(Warp warp, MemoryInstruction instruction, in AccessPattern pattern, ulong* addresses, AccessMode mode)
    {
        AddressOperandCode operand = instruction.Address;
        ulong total = operand.Total;
        _counters.SharedAccesses++;
        int ideal = total <= 4 ? 1 : Wavefronts.Least(pattern.Lanes, (int)total);
        _counters.SharedWavefrontsIdeal += ideal;
        if (pattern.Shape != AccessShape.General && TrySpan(pattern, total, mode))
            _counters.SharedWavefronts += ideal;
        else
        {
            AccessLanes(warp, instruction, pattern, addresses, mode);
            _counters.SharedWavefronts += Wavefronts.Count(pattern.Lanes, addresses, (int)total);
        }

        _races?.Check(warp, instruction, pattern.Lanes, addresses, mode);
    }

    private bool TrySpan(in AccessPattern pattern, ulong total, AccessMode mode)
    {
        ulong bytes = pattern.Shape == AccessShape.Uniform ? total : total * (ulong)pattern.Count;
        ulong first = pattern.First;
        if (first > (ulong)Bytes || bytes > (ulong)Bytes - first || (first & (total - 1)) != 0)
            return false;
        if (pattern.Shape == AccessShape.Run && total < 4)
            return false; // several lanes share a word, and a run may begin inside one
        if (mode != AccessMode.Store && new ReadOnlySpan<byte>(_written + first, (int)bytes).ContainsAnyExcept((byte)1))
            return false;
        if (mode != AccessMode.Load)
            NativeMemory.Fill(_written + first, (nuint)bytes, 1);
        return true;
    }

    private void AccessLanes(Warp warp, MemoryInstruction instruction, in AccessPattern pattern, ulong* addresses, AccessMode mode)
    {
        int total = (int)instruction.Address.Total;
        (_, ulong highest, ulong ored) = AddressBounds.Of(addresses);
        bool isAllowed = highest < (ulong)Bytes && (ulong)total <= (ulong)Bytes - highest && (ored & (ulong)(total - 1)) == 0;
        for (uint rest = pattern.Lanes; rest != 0 && isAllowed; rest &= rest - 1)
        {
            byte* written = _written + addresses[Lanes.First(rest)];
            if (mode != AccessMode.Store)
                isAllowed = IsWritten(written, total);
            if (mode != AccessMode.Load)
                SetWritten(written, total);
        }

        if (!isAllowed)
            throw Fault(warp, instruction, pattern.Lanes, addresses, mode);
    }

    /// <summary>Finds the first lane at fault.</summary>
    private PtxFaultException Fault(Warp warp, MemoryInstruction instruction, uint lanes, ulong* addresses, AccessMode mode)
    {
        ulong total = instruction.Address.Total;
        for (uint rest = lanes; rest != 0; rest &= rest - 1)
        {
            ulong address = addresses[Lanes.First(rest)];
            (PtxFault fault, string? why) =
                address >= (ulong)Bytes || total > (ulong)Bytes - address ? (PtxFault.OutOfBounds, $"is outside the block's {Bytes} bytes")
                : (address & (total - 1)) != 0 ? (PtxFault.Misaligned, "is misaligned")
                : mode != AccessMode.Store && !IsWritten(_written + address, (int)total) ? (PtxFault.UnwrittenShared, "reads what no thread wrote")
                : (default, null);
            if (why is not null)
                return warp.Block.Fault(warp, rest, fault, instruction.Line, $"{total}-byte access at shared address 0x{address:x} {why}");
        }

        throw new InvalidOperationException("an access was refused, but no lane of it");
    }

    public void Dispose()
    {
        NativeMemory.AlignedFree(Data);
        NativeMemory.AlignedFree(_written);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool IsWritten(byte* map, int bytes) => bytes switch
    {
        4 => *(uint*)map == 0x01010101,
        8 => *(ulong*)map == 0x0101010101010101,
        16 => *(ulong*)map == 0x0101010101010101 && *(ulong*)(map + 8) == 0x0101010101010101,
        2 => *(ushort*)map == 0x0101,
        _ => *map == 1,
    };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void SetWritten(byte* map, int bytes)
    {
        if (bytes == 4)
            *(uint*)map = 0x01010101;
        else
            new Span<byte>(map, bytes).Fill(1);
    }
}
