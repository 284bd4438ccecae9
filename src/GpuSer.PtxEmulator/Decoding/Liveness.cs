using System.Collections;
using GpuSer.PtxEmulator.Parsing;

namespace GpuSer.PtxEmulator.Decoding;

/// <summary>
/// Live ranges of a kernel's registers (backward data flow over its basic blocks). They give the estimate of registers a
/// thread needs, and slots shared by registers that are never live together, so that a warp's registers stay in cache.
/// </summary>
internal sealed class Liveness
{
    private readonly FlowGraph _graph;
    private readonly IReadOnlyList<VirtualRegister> _registers;
    private readonly BitArray[] _liveIn;
    private readonly int[] _first;
    private readonly int[] _last;

    public Liveness(FlowGraph graph, IReadOnlyList<VirtualRegister> registers)
    {
        _graph = graph;
        _registers = registers;
        _liveIn = [.. graph.Blocks.Select(_ => new BitArray(registers.Count))];
        _first = [.. Enumerable.Repeat(int.MaxValue, registers.Count)];
        _last = [.. Enumerable.Repeat(-1, registers.Count)];
        Solve();
        Measure();
    }

    /// <summary>Most 32-bit registers live at one instruction; a 64-bit register counts twice, predicates do not count.</summary>
    public int PeakRegisters { get; private set; }

    /// <summary>First and last instruction at which a register holds a value wanted later; empty if it never does.</summary>
    public (int First, int Last) RangeOf(VirtualRegister register) => (_first[register.Id], _last[register.Id]);

    private void Solve()
    {
        bool changed = true;
        while (changed)
        {
            changed = false;
            for (int b = _graph.Blocks.Count - 1; b >= 0; b--)
            {
                BitArray live = LiveOut(_graph.Blocks[b]);
                for (int i = _graph.Blocks[b].End - 1; i >= _graph.Blocks[b].Start; i--)
                    Step(_graph.Instructions[i], live);
                if (!Same(live, _liveIn[b]))
                {
                    _liveIn[b] = live;
                    changed = true;
                }
            }
        }
    }

    private void Measure()
    {
        foreach (FlowBlock block in _graph.Blocks)
        {
            BitArray live = LiveOut(block);
            Extend(live, block.End - 1);
            for (int i = block.End - 1; i >= block.Start; i--)
            {
                foreach (VirtualRegister register in _graph.Instructions[i].Definitions)
                    Extend(register.Id, i);
                foreach (VirtualRegister register in _graph.Instructions[i].Uses)
                    Extend(register.Id, i);
                Step(_graph.Instructions[i], live);
                PeakRegisters = Math.Max(PeakRegisters, Weight(live));
            }

            Extend(live, block.Start);
        }
    }

    private BitArray LiveOut(FlowBlock block)
    {
        var live = new BitArray(_registers.Count);
        foreach (int successor in block.Successors)
            live.Or(_liveIn[successor]);
        return live;
    }

    private static void Step(PtxInstruction instruction, BitArray live)
    {
        if (instruction.Guard is null) // a guarded write keeps the old value in lanes it skips
        {
            foreach (VirtualRegister register in instruction.Definitions)
                live[register.Id] = false;
        }

        foreach (VirtualRegister register in instruction.Uses)
            live[register.Id] = true;
    }

    private void Extend(BitArray live, int position)
    {
        for (int id = 0; id < live.Length; id++)
        {
            if (live[id])
                Extend(id, position);
        }
    }

    private void Extend(int id, int position)
    {
        _first[id] = Math.Min(_first[id], position);
        _last[id] = Math.Max(_last[id], position);
    }

    private int Weight(BitArray live)
    {
        int weight = 0;
        for (int id = 0; id < live.Length; id++)
        {
            if (live[id] && !_registers[id].IsPredicate)
                weight += _registers[id].Bytes == 8 ? 2 : 1;
        }

        return weight;
    }

    private static bool Same(BitArray a, BitArray b)
    {
        for (int i = 0; i < a.Length; i++)
        {
            if (a[i] != b[i])
                return false;
        }

        return true;
    }
}
