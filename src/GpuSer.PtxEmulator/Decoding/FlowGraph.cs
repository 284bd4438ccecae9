using GpuSer.PtxEmulator.Parsing;

namespace GpuSer.PtxEmulator.Decoding;

/// <summary>A straight run of instructions, ended by a branch, a barrier, or another run's beginning.</summary>
internal sealed class FlowBlock(int index, int start, int end)
{
    public int Index { get; } = index;

    /// <summary>Its first instruction.</summary>
    public int Start { get; } = start;

    /// <summary>The instruction behind its last.</summary>
    public int End { get; } = end;

    public List<int> Successors { get; } = [];
}

/// <summary>A kernel's basic blocks in program order, so that a block's index serves as program counter.</summary>
internal sealed class FlowGraph
{
    private readonly int[] _blockAt;

    private FlowGraph(IReadOnlyList<PtxInstruction> instructions, SortedSet<int> leaders)
    {
        Instructions = instructions;
        _blockAt = new int[instructions.Count + 1];
        int[] starts = [.. leaders];
        for (int i = 0; i < starts.Length; i++)
        {
            int end = i + 1 < starts.Length ? starts[i + 1] : instructions.Count;
            _blockAt[starts[i]] = i;
            Blocks.Add(new(i, starts[i], end));
        }
    }

    public IReadOnlyList<PtxInstruction> Instructions { get; }

    public List<FlowBlock> Blocks { get; } = [];

    /// <summary>The block a label stands before; the number of blocks where it ends the kernel.</summary>
    public int BlockOf(Label label) => label.Position == Instructions.Count ? Blocks.Count : _blockAt[label.Position];

    public static FlowGraph Build(KernelText kernel)
    {
        IReadOnlyList<PtxInstruction> instructions = kernel.Instructions;
        var leaders = new SortedSet<int> { 0 };
        leaders.UnionWith(kernel.Labels.Select(l => l.Position));
        for (int i = 0; i < instructions.Count; i++)
        {
            if (EndsBlock(instructions[i]))
                leaders.Add(i + 1);
            if (BeginsBlock(instructions[i]))
                leaders.Add(i);
        }

        leaders.Remove(instructions.Count);
        var graph = new FlowGraph(instructions, leaders);
        foreach (FlowBlock block in graph.Blocks)
            graph.Connect(block);
        return graph;
    }

    /// <summary>Whether control may go elsewhere, or the warp may have to wait, after this instruction.</summary>
    public static bool EndsBlock(PtxInstruction instruction) =>
        instruction.Opcode is "bra" or "brx" or "exit" or "ret" or "trap"
        || (instruction.Opcode is "bar" or "barrier" && !IsWarpSync(instruction));

    /// <summary>Whether this instruction names the lanes that must execute it together.</summary>
    public static bool IsWarpSync(PtxInstruction instruction) => instruction.Opcode switch
    {
        "shfl" or "vote" or "match" or "redux" => instruction.Has("sync"),
        "bar" => instruction.Has("warp"),
        _ => false,
    };

    private static bool BeginsBlock(PtxInstruction instruction) => IsWarpSync(instruction);

    private void Connect(FlowBlock block)
    {
        PtxInstruction last = Instructions[block.End - 1];
        if (last.Operands.Count > 0 && last.Operands[^1] is LabelOperand labels)
            block.Successors.AddRange(labels.Targets.Select(BlockOf).Where(b => b < Blocks.Count).Distinct());
        bool fallsThrough = last.Guard is not null || last.Opcode is not ("bra" or "brx" or "exit" or "ret" or "trap");
        if (fallsThrough && block.Index + 1 < Blocks.Count)
            block.Successors.Add(block.Index + 1);
    }
}
