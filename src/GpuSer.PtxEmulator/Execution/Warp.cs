using System.Numerics;
using System.Runtime.CompilerServices;
using GpuSer.PtxEmulator.Counters;

namespace GpuSer.PtxEmulator.Execution;

/// <summary>
/// The state of a warp: registers as arrays of 32 lanes, predicates as masks, and where its lanes are in the program.
/// Lanes that are at one place form a group; the group at the smallest place runs, so that groups meet again where
/// their paths join.
/// </summary>
internal sealed unsafe class Warp
{
    private readonly Group[] _ready = new Group[Lanes.Count];
    private readonly List<Group> _parked = [];
    private int _readyCount;

    public Warp(BlockState block, int index)
    {
        Block = block;
        Index = index;
    }

    public BlockState Block { get; }

    /// <summary>Index in the block.</summary>
    public int Index { get; }

    public byte* Registers { get; set; }

    /// <summary>End of the constant area.</summary>
    public byte* Constants { get; set; }

    public uint* Predicates { get; set; }

    /// <summary>Local memory: one frame a lane.</summary>
    public byte* Frame { get; set; }

    /// <summary>Lanes executing now.</summary>
    public uint Active { get; set; }

    /// <summary>Lanes that have not exited.</summary>
    public uint Live { get; private set; }

    /// <summary>Threads the warp began with.</summary>
    public uint Launched { get; private set; }

    /// <summary>Basic block executing now.</summary>
    public int Counter { get; private set; }

    public List<BarrierWait> Waiting { get; } = [];

    public bool IsDone => Live == 0;

    public bool CanRun => _readyCount > 0;

    /// <summary>Counts the warp's own barriers (<c>bar.warp.sync</c>) met by all its lanes, for race detection.</summary>
    public int SyncCount { get; set; }

    public WorkerCounters Counters => Block.Counters;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public byte* At(int offset) => (offset < 0 ? Constants : Registers) + offset;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T* At<T>(int offset)
        where T : unmanaged => (T*)At(offset);

    /// <summary>Puts the given lanes at the kernel's beginning.</summary>
    public void Start(uint lanes)
    {
        Launched = Live = lanes;
        _readyCount = 0;
        _parked.Clear();
        Waiting.Clear();
        SyncCount = 0;
        Predicates[Decoding.PredicateSlots.False] = 0;
        Predicates[Decoding.PredicateSlots.True] = Lanes.All;
        if (lanes != 0)
            Resume(lanes, 0);
    }

    /// <summary>Lets lanes continue at a basic block; those that are there already join them.</summary>
    public void Resume(uint lanes, int counter)
    {
        if (lanes == 0)
            return;
        int at = _readyCount;
        while (at > 0 && _ready[at - 1].Counter < counter) // sorted with the smallest last
            at--;
        if (at > 0 && _ready[at - 1].Counter == counter)
        {
            _ready[at - 1].Lanes |= lanes;
            return;
        }

        Array.Copy(_ready, at, _ready, at + 1, _readyCount - at);
        _ready[at] = new() { Counter = counter, Lanes = lanes };
        _readyCount++;
    }

    /// <summary>Ends the active lanes.</summary>
    public void Exit(uint lanes) => Live &= ~lanes;

    /// <summary>Executes until all lanes have exited or wait, or the turn is over.</summary>
    /// <returns>Basic blocks executed.</returns>
    public int Run(CodeBlock[] blocks, int turn)
    {
        int executed = 0;
        long[] executions = Counters.BlockExecutions;
        long[] lanes = Counters.BlockLanes;
        while (_readyCount > 0 && executed < turn)
        {
            Group group = _ready[--_readyCount];
            uint active = group.Lanes;
            int counter = group.Counter;
            do
            {
                if (counter >= blocks.Length)
                {
                    Exit(active); // running off the end is a ret
                    break;
                }

                CodeBlock block = blocks[counter];
                Counter = counter;
                Active = active;
                if (block.MemberMask is int mask && !IsGathered(mask, counter, ref active))
                    break;
                executed++;
                executions[counter]++;
                lanes[counter] += BitOperations.PopCount(active);
                foreach (WarpInstruction instruction in block.Body)
                    instruction.Execute(this);

                int next = block.End.Step(this, counter);
                if (next < 0)
                    break;
                if (_readyCount > 0 && _ready[_readyCount - 1].Counter <= next)
                {
                    Resume(active, next);
                    break;
                }

                counter = next;
            }
            while (executed < turn || Yield(active, counter));
        }

        if (_readyCount == 0 && _parked.Count > 0)
            throw Block.Fault(this, _parked[0].Lanes, PtxFault.WarpDivergence, Block.LineOf(_parked[0].Counter),
                $"lanes 0x{_parked[0].Lanes:x8} wait for lanes that never come");
        return executed;
    }

    private bool Yield(uint active, int counter)
    {
        Resume(active, counter);
        return false;
    }

    /// <summary>Whether all lanes that an instruction names are here; if not, those that are wait for the others.</summary>
    private bool IsGathered(int maskOffset, int counter, ref uint active)
    {
        for (int i = _parked.Count - 1; i >= 0; i--)
        {
            if (_parked[i].Counter == counter)
            {
                active |= _parked[i].Lanes;
                _parked.RemoveAt(i);
            }
        }

        Active = active;
        uint named = At<uint>(maskOffset)[Lanes.First(active)];
        if ((named & Live & ~active) == 0)
            return true;
        _parked.Add(new() { Counter = counter, Lanes = active });
        return false;
    }

    private struct Group
    {
        public int Counter;
        public uint Lanes;
    }
}
