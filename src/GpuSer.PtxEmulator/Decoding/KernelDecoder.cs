using GpuSer.Cuda.Ptx;
using GpuSer.PtxEmulator.Counters;
using GpuSer.PtxEmulator.Execution;
using GpuSer.PtxEmulator.Parsing;

namespace GpuSer.PtxEmulator.Decoding;

/// <summary>Makes an entry point executable: control flow, register places, then one object an instruction.</summary>
internal static class KernelDecoder
{
    public static KernelCode Decode(PtxSignature signature, KernelText text)
    {
        if (text.Instructions.Count == 0)
            text = text with { Instructions = [new(0, null, "ret", [], [])] };
        FlowGraph graph = FlowGraph.Build(text);
        var liveness = new Liveness(graph, text.Registers);
        SlotAllocator places = SlotAllocator.Run(text.Registers, liveness, WarpLayout.FirstRegister);
        var constants = new ConstantPool();
        var slots = new OperandSlots(constants);
        CodeBlock[] blocks = [.. graph.Blocks.Select(b => Decode(b, graph, slots))];
        InstructionMix[] mix = [.. graph.Blocks.Select(b => MixOf(b, graph))];
        var layout = new WarpLayout(places.Bytes, places.Predicates, text.FrameBytes, slots.MemoryInstructions);
        return new(signature, blocks, layout, constants, mix, liveness.PeakRegisters);
    }

    private static CodeBlock Decode(FlowBlock block, FlowGraph graph, OperandSlots slots)
    {
        PtxInstruction first = graph.Instructions[block.Start];
        PtxInstruction last = graph.Instructions[block.End - 1];
        bool hasEnd = FlowGraph.EndsBlock(last);
        var body = new List<WarpInstruction>();
        for (int i = block.Start; i < block.End - (hasEnd ? 1 : 0); i++)
            body.Add(Decode(graph.Instructions[i], slots));
        BlockEnd end = hasEnd ? ControlDecoder.Decode(last, slots, graph) : new FallThrough();
        int? members = FlowGraph.IsWarpSync(first) ? slots.Read(first, WarpDecoder.MembersOf(first), "b32") : null;
        return new([.. body], end, members, first.Line);
    }

    private static WarpInstruction Decode(PtxInstruction by, OperandSlots slots)
    {
        WarpInstruction instruction;
        try
        {
            instruction = MemoryDecoder.Decode(by, slots)
                ?? CompareDecoder.Decode(by, slots)
                ?? ConversionDecoder.Decode(by, slots)
                ?? WarpDecoder.Decode(by, slots)
                ?? FloatDecoder.Decode(by, slots)
                ?? IntegerDecoder.Decode(by, slots)
                ?? throw by.Unsupported();
        }
        catch (Exception error) when (error is ArgumentException or IndexOutOfRangeException)
        {
            throw by.Unsupported("no such combination of types"); // a modifier is missing, or an operation has no such type
        }

        instruction.Line = by.Line;
        if (by.Guard is null)
            return instruction;
        return new GuardedInstruction(instruction, by.Guard.Register.Slot, by.Guard.Negated) { Line = by.Line };
    }

    private static InstructionMix MixOf(FlowBlock block, FlowGraph graph)
    {
        var mix = default(InstructionMix);
        for (int i = block.Start; i < block.End; i++)
            mix = mix.Add(Classifier.ClassOf(graph.Instructions[i]));
        return mix;
    }
}
