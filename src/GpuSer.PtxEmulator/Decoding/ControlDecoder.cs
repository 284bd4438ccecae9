using GpuSer.PtxEmulator.Execution;
using GpuSer.PtxEmulator.Parsing;

namespace GpuSer.PtxEmulator.Decoding;

/// <summary>Decodes what ends a basic block.</summary>
internal static class ControlDecoder
{
    public static BlockEnd Decode(PtxInstruction by, OperandSlots slots, FlowGraph graph)
    {
        (int guard, bool negated) = OperandSlots.Guard(by);
        BlockEnd end = by.Opcode switch
        {
            "bra" when by.Guard is null => new Jump(Target(by, graph)),
            "bra" => new Branch(guard, negated, Target(by, graph)),
            "brx" => new IndexedBranch(guard, negated, slots.Read(by, 0, "u32"),
                [.. ((LabelOperand)by.Operands[1]).Targets.Select(graph.BlockOf)]),
            "exit" or "ret" => new ExitEnd(guard, negated),
            "trap" => new Trap(guard, negated),
            _ => Barrier(by, slots, guard, negated),
        };
        end.Line = by.Line;
        return end;
    }

    private static int Target(PtxInstruction by, FlowGraph graph) => graph.BlockOf(((LabelOperand)by.Operands[0]).Targets[0]);

    private static Execution.Barrier Barrier(PtxInstruction by, OperandSlots slots, int guard, bool negated)
    {
        BarrierKind kind = by.Has("arrive") ? BarrierKind.Arrive
            : by.Has("popc") ? BarrierKind.CountTrue
            : by.Has("and") ? BarrierKind.AllTrue
            : by.Has("or") ? BarrierKind.AnyTrue
            : BarrierKind.Sync;
        if (kind is BarrierKind.Sync or BarrierKind.Arrive)
        {
            int? threads = by.Operands.Count > 1 ? slots.Read(by, 1, "u32") : null;
            return new(kind, guard, negated, slots.Read(by, 0, "u32"), threads);
        }

        int result = kind == BarrierKind.CountTrue
            ? OperandSlots.Write(by, by.Operands[0], 4)
            : OperandSlots.WritePredicate(by, by.Operands[0]);
        int? count = by.Operands.Count > 3 ? slots.Read(by, 2, "u32") : null;
        (int input, bool inputNegated) = OperandSlots.ReadPredicate(by, by.Operands[^1]);
        return new(kind, guard, negated, slots.Read(by, 1, "u32"), count) { Result = result, Input = input, InputNegated = inputNegated };
    }
}
