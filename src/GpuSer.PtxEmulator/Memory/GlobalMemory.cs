using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using GpuSer.PtxEmulator.Counters;
using GpuSer.PtxEmulator.Execution;
using GpuSer.PtxEmulator.Parsing;

namespace GpuSer.PtxEmulator.Memory;

/// <summary>Checks and counts a worker's accesses of global and constant memory.</summary>
internal sealed unsafe class GlobalMemory(MemoryMap map, WorkerCounters counters, int cachePlaces)
{
    private readonly DeviceRange?[] _cache = new DeviceRange?[cachePlaces];
    private readonly SectorSet _sectors = new();

    /// <summary>Checks one access of a warp, and notes what it reads and writes.</summary>
    /// <exception cref="PtxFaultException">A lane's address or what it reads is not allowed.</exception>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Access(Warp warp, MemoryInstruction instruction, in AccessPattern pattern, ulong* addresses, AccessMode mode)
    {
        AddressOperandCode operand = instruction.Address;
        if (pattern.Shape == AccessShape.General || !TrySpan(operand, pattern, mode, out ulong asked, out ulong touched))
        {
            AccessLanes(warp, instruction, pattern, addresses, mode);
            touched = (ulong)_sectors.Count;
            asked = ((ulong)_sectors.TakeBytes() + DeviceRange.SectorBytes - 1) / DeviceRange.SectorBytes;
        }

        if (operand.Space != StateSpace.Const)
            Count(pattern.Shape, mode, (long)asked, (long)touched);
    }

    /// <summary>
    /// Reads and writes in one range without a gap, aligned and written before: the common case. False leaves all
    /// undecided.
    /// </summary>
    private bool TrySpan(AddressOperandCode operand, in AccessPattern pattern, AccessMode mode, out ulong asked, out ulong touched)
    {
        ulong bytes = pattern.Shape == AccessShape.Uniform ? operand.Total : operand.Total * (ulong)pattern.Count;
        ulong first = pattern.First;
        asked = touched = 0;
        DeviceRange? range = _cache[operand.CacheIndex];
        if (range is null || !range.Contains(first, bytes))
        {
            range = map.Find(first);
            if (range is null || !range.Contains(first, bytes))
                return false;
            _cache[operand.CacheIndex] = range;
        }

        if ((first & (operand.Total - 1)) != 0 || range.IsFreed)
            return false;
        ulong offset = first - range.Start;
        ulong sector = (first / DeviceRange.SectorBytes) - range.FirstSector;
        touched = ((first + bytes - 1) / DeviceRange.SectorBytes) - (first / DeviceRange.SectorBytes) + 1;
        asked = (bytes + DeviceRange.SectorBytes - 1) / DeviceRange.SectorBytes;
        range.IsTouched = true;
        if (mode != AccessMode.Store)
        {
            if (range.Written is not null && new ReadOnlySpan<byte>(range.Written + offset, (int)bytes).ContainsAnyExcept((byte)1))
                return false;
            Mark(range.ReadSectors + sector, touched);
        }

        if (mode != AccessMode.Load)
        {
            if (range.Kind == RangeKind.Constant)
                return false;
            if (range.Written is not null)
                NativeMemory.Fill(range.Written + offset, (nuint)bytes, 1);
            Mark(range.WrittenSectors + sector, touched);
        }

        return true;
    }

    private void AccessLanes(Warp warp, MemoryInstruction instruction, in AccessPattern pattern, ulong* addresses, AccessMode mode)
    {
        AddressOperandCode operand = instruction.Address;
        ulong total = operand.Total;
        DeviceRange? range = _cache[operand.CacheIndex];
        (ulong lowest, ulong highest, ulong ored) = AddressBounds.Of(addresses);
        bool isInOne = range is not null && range.Contains(lowest, total) && range.Contains(highest, total);
        bool isAligned = (ored & (total - 1)) == 0;
        for (uint rest = pattern.Lanes; rest != 0; rest &= rest - 1)
        {
            int lane = Lanes.First(rest);
            ulong address = addresses[lane];
            if (!isInOne && (range is null || !range.Contains(address, total)))
                range = _cache[operand.CacheIndex] = Find(warp, instruction, address, lane);
            if (range!.IsFreed)
                throw Fault(warp, instruction, lane, PtxFault.UseAfterFree, address);
            if (!isAligned && (address & (total - 1)) != 0)
                throw Fault(warp, instruction, lane, PtxFault.Misaligned, address);
            Touch(warp, instruction, range, address, lane, mode);
            _sectors.Add(address, total);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Touch(Warp warp, MemoryInstruction instruction, DeviceRange range, ulong address, int lane, AccessMode mode)
    {
        int total = (int)instruction.Address.Total;
        ulong sector = (address / DeviceRange.SectorBytes) - range.FirstSector;
        range.IsTouched = true;
        if (mode != AccessMode.Store)
        {
            if (!IsWritten(range, address - range.Start, total))
                throw Fault(warp, instruction, lane, PtxFault.UnwrittenDevice, address);
            range.ReadSectors[sector] = 1;
        }

        if (mode == AccessMode.Load)
            return;
        if (range.Kind == RangeKind.Constant)
            throw Fault(warp, instruction, lane, PtxFault.ReadOnly, address);
        if (range.Written is not null)
            SetWritten(range.Written + (address - range.Start), total);
        range.WrittenSectors[sector] = 1;
    }

    private DeviceRange Find(Warp warp, MemoryInstruction instruction, ulong address, int lane)
    {
        DeviceRange? found = map.Find(address);
        if (found is null)
            throw Fault(warp, instruction, lane, PtxFault.OutOfBounds, address);
        if (found.IsFreed)
            throw Fault(warp, instruction, lane, PtxFault.UseAfterFree, address);
        if (!found.Contains(address, instruction.Address.Total))
            throw Fault(warp, instruction, lane, PtxFault.OutOfBounds, address);
        return found;
    }

    private PtxFaultException Fault(Warp warp, MemoryInstruction instruction, int lane, PtxFault fault, ulong address)
    {
        string access = $"{instruction.Address.Total}-byte access";
        string detail = fault switch
        {
            PtxFault.Misaligned => $"{access} at 0x{address:x} is misaligned",
            PtxFault.UnwrittenDevice => $"{access} reads what nobody wrote: {map.Describe(address)}",
            PtxFault.ReadOnly => $"{access} writes constant memory: {map.Describe(address)}",
            _ => $"{access} outside device memory: {map.Describe(address)}",
        };
        return warp.Block.Fault(warp, 1u << lane, fault, instruction.Line, detail);
    }

    private static bool IsWritten(DeviceRange range, ulong offset, int bytes)
    {
        byte* map = range.Written;
        return map is null || bytes switch
        {
            1 => map[offset] == 1,
            2 => *(ushort*)(map + offset) == 0x0101,
            4 => *(uint*)(map + offset) == 0x01010101,
            8 => *(ulong*)(map + offset) == 0x0101010101010101,
            _ => *(ulong*)(map + offset) == 0x0101010101010101 && *(ulong*)(map + offset + 8) == 0x0101010101010101,
        };
    }

    private static void SetWritten(byte* map, int bytes)
    {
        switch (bytes)
        {
            case 1:
                *map = 1;
                break;
            case 2:
                *(ushort*)map = 0x0101;
                break;
            case 4:
                *(uint*)map = 0x01010101;
                break;
            case 8:
                *(ulong*)map = 0x0101010101010101;
                break;
            default:
                *(ulong*)map = *(ulong*)(map + 8) = 0x0101010101010101;
                break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Mark(byte* map, ulong count)
    {
        // A warp's span is 1 to 17 sectors; the usual 4 or 5 are one word and a byte.
        if (count >= 4)
        {
            *(uint*)map = 0x01010101;
            map += 4;
            count -= 4;
        }

        for (; count > 0; count--)
            *map++ = 1;
    }

    private void Count(AccessShape shape, AccessMode mode, long asked, long touched)
    {
        if (mode == AccessMode.Load)
        {
            if (shape == AccessShape.Uniform)
            {
                counters.UniformLoads++;
                return;
            }

            counters.GlobalLoads++;
            counters.LoadSectorsAsked += asked;
            counters.LoadSectorsTouched += touched;
            return;
        }

        if (mode == AccessMode.Atomic)
            counters.Atomics++;
        else
            counters.GlobalStores++;
        counters.StoreSectorsAsked += asked;
        counters.StoreSectorsTouched += touched;
    }
}
