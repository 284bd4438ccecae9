using GpuSer.Cuda.Ptx;
using GpuSer.PtxEmulator.Execution;
using GpuSer.PtxEmulator.Instructions;
using GpuSer.PtxEmulator.Parsing;

namespace GpuSer.PtxEmulator.Decoding;

/// <summary>Decodes integer arithmetic, logic, shifts and bit fields.</summary>
internal static class IntegerDecoder
{
    private static readonly Dictionary<string, Type> VectorUnaries = new()
    {
        ["not"] = typeof(Not<>),
        ["neg"] = typeof(Negate<>),
        ["abs"] = typeof(Absolute<>),
    };

    private static readonly Dictionary<string, Type> VectorBinaries = new()
    {
        ["add"] = typeof(Add<>),
        ["sub"] = typeof(Subtract<>),
        ["min"] = typeof(Minimum<>),
        ["max"] = typeof(Maximum<>),
        ["and"] = typeof(And<>),
        ["or"] = typeof(Or<>),
        ["xor"] = typeof(Xor<>),
    };

    private static readonly Dictionary<string, Type> ScalarUnaries = new()
    {
        ["popc"] = typeof(PopulationCount<>),
        ["clz"] = typeof(LeadingZeros<>),
        ["bfind"] = typeof(FindHighest<>),
    };

    public static WarpInstruction? Decode(PtxInstruction by, OperandSlots slots)
    {
        string type = by.Type;
        if (type.Length == 0 || type[0] is 'f' || type == "pred" || PtxTypes.SizeOf(type) < 2)
            return null;
        string opcode = by.Opcode;
        Type element = Factory.TypeOf(type);
        if (opcode is "add" or "sub" or "addc" or "subc" && (by.Has("cc") || opcode.Length == 4))
            return Carry(by, slots, type);
        if (opcode is "add" or "sub" && by.Has("sat"))
            return Scalar(by, slots, opcode == "add" ? typeof(AddSaturated) : typeof(SubtractSaturated), "s32", "s32");
        if (VectorUnaries.TryGetValue(opcode, out Type? unary))
            return Factory.Create(typeof(VectorUnary<,>), [element, unary.MakeGenericType(element)], OperandSlots.Write(by, type), slots.Read(by, 1, type));
        if (VectorBinaries.TryGetValue(opcode, out Type? binary))
            return VectorBinary(by, slots, binary, type);
        if (ScalarUnaries.TryGetValue(opcode, out Type? count))
        {
            Type operation = opcode == "bfind" && by.Has("shiftamt") ? typeof(FindShift<>) : count;
            return Factory.Create(typeof(ScalarUnary<,,>), [element, typeof(uint), operation.MakeGenericType(element)],
                OperandSlots.Write(by, "u32"), slots.Read(by, 1, type));
        }

        switch (opcode)
        {
            case "mul" or "mad" or "madc" or "mul24" or "mad24":
                return MultiplyDecoder.Decode(by, slots, type);
            case "div":
                return Scalar(by, slots, typeof(Divide<>), type, type);
            case "rem":
                return Scalar(by, slots, typeof(Remainder<>), type, type);
            case "sad":
                return Ternary(by, slots, typeof(SumOfAbsoluteDifferences<>), type, type, type);
            case "cnot":
                return ScalarSame(by, slots, typeof(LogicalNot<>), type);
            case "brev":
                return ScalarSame(by, slots, typeof(ReverseBits<>), type);
            case "shl":
                return Shift(by, slots, typeof(ShiftLeft<>), type);
            case "shr":
                return Shift(by, slots, typeof(ShiftRight<>), type);
            case "shf":
                return FunnelShift(by, slots);
            case "bfe":
                return Ternary(by, slots, typeof(ExtractBits<>), type, "u32", "u32");
            case "bfi":
                return Factory.Create(typeof(InsertBits<>), [element], OperandSlots.Write(by, type), slots.Read(by, 1, type),
                    slots.Read(by, 2, type), slots.Read(by, 3, "u32"), slots.Read(by, 4, "u32"));
            case "lop3":
                return new LookupLogic(OperandSlots.Write(by, type), slots.Read(by, 1, type), slots.Read(by, 2, type),
                    slots.Read(by, 3, type), (byte)OperandSlots.Immediate(by, 4));
            case "prmt":
                return PermuteBytes(by, slots);
            case "dp4a":
                return new DotProductOfBytes(OperandSlots.Write(by, "u32"), slots.Read(by, 1, "b32"), slots.Read(by, 2, "b32"),
                    slots.Read(by, 3, "b32"), by.Modifiers[0] == "s32", by.Modifiers[1] == "s32");
            default:
                return null;
        }
    }

    public static WarpInstruction VectorBinary(PtxInstruction by, OperandSlots slots, Type operation, string type)
    {
        Type element = Factory.TypeOf(type);
        return Factory.Create(typeof(VectorBinary<,>), [element, Factory.Close(operation, element)],
            OperandSlots.Write(by, type), slots.Read(by, 1, type), slots.Read(by, 2, type));
    }

    private static WarpInstruction ScalarSame(PtxInstruction by, OperandSlots slots, Type operation, string type)
    {
        Type element = Factory.TypeOf(type);
        return Factory.Create(typeof(ScalarUnary<,,>), [element, element, operation.MakeGenericType(element)],
            OperandSlots.Write(by, type), slots.Read(by, 1, type));
    }

    private static WarpInstruction Scalar(PtxInstruction by, OperandSlots slots, Type operation, string type, string typeOfB)
    {
        Type element = Factory.TypeOf(type);
        return Factory.Create(typeof(ScalarBinary<,,,>), [element, Factory.TypeOf(typeOfB), element, Factory.Close(operation, element)],
            OperandSlots.Write(by, type), slots.Read(by, 1, type), slots.Read(by, 2, typeOfB));
    }

    private static WarpInstruction Ternary(PtxInstruction by, OperandSlots slots, Type operation, string type, string typeOfB, string typeOfC)
    {
        Type element = Factory.TypeOf(type);
        return Factory.Create(typeof(ScalarTernary<,,,,>),
            [element, Factory.TypeOf(typeOfB), Factory.TypeOf(typeOfC), element, Factory.Close(operation, element)],
            OperandSlots.Write(by, type), slots.Read(by, 1, type), slots.Read(by, 2, typeOfB), slots.Read(by, 3, typeOfC));
    }

    private static WarpInstruction Shift(PtxInstruction by, OperandSlots slots, Type operation, string type)
    {
        Type element = Factory.TypeOf(type);
        Type closed = operation.MakeGenericType(element);
        if (by.Operands[^1] is IntegerOperand count)
        {
            return Factory.Create(typeof(VectorShift<,>), [element, closed],
                OperandSlots.Write(by, type), slots.Read(by, 1, type), (int)Math.Min(count.Value & uint.MaxValue, 64));
        }

        return Scalar(by, slots, closed, type, "u32");
    }

    private static WarpInstruction FunnelShift(PtxInstruction by, OperandSlots slots)
    {
        Type operation = (by.Has("l"), by.Has("wrap")) switch
        {
            (true, true) => typeof(FunnelLeftWrap),
            (true, false) => typeof(FunnelLeftClamp),
            (false, true) => typeof(FunnelRightWrap),
            _ => typeof(FunnelRightClamp),
        };
        return Ternary(by, slots, operation, "b32", "b32", "u32");
    }

    private static WarpInstruction PermuteBytes(PtxInstruction by, OperandSlots slots)
    {
        if (by.Modifiers[^1] == "b32")
            return Ternary(by, slots, typeof(Permute), "b32", "b32", "b32");
        return new PermuteByMode(by.Modifiers[^1], OperandSlots.Write(by, "b32"), slots.Read(by, 1, "b32"), slots.Read(by, 2, "b32"), slots.Read(by, 3, "b32"));
    }

    private static WarpInstruction Carry(PtxInstruction by, OperandSlots slots, string type) =>
        Factory.Create(typeof(CarryArithmetic<>), [Factory.UnsignedOf(type)], by.Opcode[0] == 's', by.Opcode.Length == 4, by.Has("cc"),
            OperandSlots.Write(by, type), slots.Read(by, 1, type), slots.Read(by, 2, type));
}
