using GpuSer.PtxEmulator.Execution;

namespace GpuSer.PtxEmulator.Memory;

/// <summary>
/// Finds two threads that touch one byte of shared memory, at least one of them writing, without a barrier between:
/// one of the block for any two threads, or one of the warp (<c>bar.warp.sync</c>) for two of its lanes. Atomics do not race
/// with one another.
/// </summary>
internal sealed unsafe class RaceDetector(int bytes)
{
    private readonly Touch[] _writes = new Touch[bytes];
    private readonly Touch[] _reads = new Touch[bytes];
    private int _epoch = 1;

    public void Reset()
    {
        Array.Clear(_writes);
        Array.Clear(_reads);
        _epoch = 1;
    }

    public void Synchronize() => _epoch++;

    public void Check(Warp warp, MemoryInstruction instruction, uint lanes, ulong* addresses, AccessMode mode)
    {
        for (uint rest = lanes; rest != 0; rest &= rest - 1)
        {
            int lane = Lanes.First(rest);
            int thread = (warp.Index * Lanes.Count) + lane;
            var now = new Touch { Epoch = _epoch, Thread = thread, Sync = warp.SyncCount, IsAtomic = mode == AccessMode.Atomic, Line = instruction.Line };
            int first = (int)addresses[lane];
            for (int at = first; at < first + (int)instruction.Address.Total; at++)
            {
                if (Races(_writes[at], now))
                    throw Fault(warp, instruction, lane, at, _writes[at], "written");
                if (mode == AccessMode.Load)
                    NoteRead(ref _reads[at], now);
                else
                {
                    if (Races(_reads[at], now))
                        throw Fault(warp, instruction, lane, at, _reads[at], "read");
                    _writes[at] = now;
                }
            }
        }
    }

    private static bool Races(in Touch earlier, in Touch now)
    {
        if (earlier.Epoch != now.Epoch || (earlier.IsAtomic && now.IsAtomic))
            return false;
        if (earlier.ManyWarps || earlier.Thread / Lanes.Count != now.Thread / Lanes.Count)
            return true;
        return earlier.Sync == now.Sync && (earlier.ManyLanes || earlier.Thread != now.Thread);
    }

    private static void NoteRead(ref Touch last, in Touch now)
    {
        if (last.Epoch != now.Epoch)
            last = now;
        else if (last.Thread / Lanes.Count != now.Thread / Lanes.Count)
            last.ManyWarps = true;
        else if (last.Sync != now.Sync)
            last = now with { ManyWarps = last.ManyWarps };
        else if (last.Thread != now.Thread)
            last.ManyLanes = true;
    }

    private static PtxFaultException Fault(Warp warp, MemoryInstruction instruction, int lane, int at, in Touch other, string did)
    {
        return warp.Block.Fault(warp, 1u << lane, PtxFault.SharedRace, instruction.Line,
            $"shared address 0x{at:x} was {did} by thread {warp.Block.ThreadOf(other.Thread)} at PTX line {other.Line} without a barrier between");
    }

    private record struct Touch
    {
        public int Epoch;
        public int Thread;
        public int Sync;
        public int Line;
        public bool IsAtomic;
        public bool ManyLanes;
        public bool ManyWarps;
    }
}
