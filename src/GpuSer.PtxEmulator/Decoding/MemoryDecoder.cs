using GpuSer.Cuda.Ptx;
using GpuSer.PtxEmulator.Execution;
using GpuSer.PtxEmulator.Instructions;
using GpuSer.PtxEmulator.Memory;
using GpuSer.PtxEmulator.Parsing;

namespace GpuSer.PtxEmulator.Decoding;

/// <summary>Decodes loads, stores, atomics and reductions.</summary>
internal static class MemoryDecoder
{
    private static readonly Dictionary<string, Type> AtomicOperations = new()
    {
        ["add"] = typeof(Add<>),
        ["min"] = typeof(Minimum<>),
        ["max"] = typeof(Maximum<>),
        ["and"] = typeof(And<>),
        ["or"] = typeof(Or<>),
        ["xor"] = typeof(Xor<>),
        ["exch"] = typeof(Exchange<>),
        ["inc"] = typeof(IncrementWrapped),
        ["dec"] = typeof(DecrementWrapped),
    };

    public static WarpInstruction? Decode(PtxInstruction by, OperandSlots slots) => by.Opcode switch
    {
        "ld" or "ldu" => Load(by, slots),
        "st" => Store(by, slots),
        "atom" => Atomic(by, slots, 1),
        "red" => Atomic(by, slots, 0),
        "prefetch" or "prefetchu" or "discard" or "applypriority" => new NoEffect(),
        _ => null,
    };

    /// <summary>The state space a modifier names, or null.</summary>
    public static StateSpace? SpaceNamed(string modifier) => modifier switch
    {
        "global" => StateSpace.Global,
        "shared" or "shared::cta" => StateSpace.Shared,
        "local" => StateSpace.Local,
        "const" => StateSpace.Const,
        "param" or "param::entry" or "param::func" => StateSpace.Param,
        _ => null,
    };

    private static WarpInstruction Load(PtxInstruction by, OperandSlots slots)
    {
        Operand target = OperandSlots.Operand(by, 0);
        IReadOnlyList<Operand> elements = target is VectorOperand vector ? vector.Elements : [target];
        string type = MemoryType(by);
        int registerBytes = RegisterBytes(elements, type);
        int[] targets =
        [
            .. elements.Select(e => e is SinkOperand ? Load<uint, uint>.Sink : OperandSlots.Write(by, e, registerBytes)),
        ];
        AddressOperandCode address = Address(by, slots, 1, type, elements.Count);
        return Factory.Create(typeof(Load<,>), [MemoryElement(type), RegisterElement(type, registerBytes)], address, targets);
    }

    private static WarpInstruction Store(PtxInstruction by, OperandSlots slots)
    {
        Operand source = OperandSlots.Operand(by, 1);
        IReadOnlyList<Operand> elements = source is VectorOperand vector ? vector.Elements : [source];
        string type = MemoryType(by);
        int registerBytes = RegisterBytes(elements, type);
        string read = registerBytes == PtxTypes.SizeOf(type) ? type : "b" + Bits(registerBytes);
        int[] sources = [.. elements.Select(e => slots.Read(by, e, read))];
        AddressOperandCode address = Address(by, slots, 0, type, elements.Count);
        return Factory.Create(typeof(Store<,>), [MemoryElement(type), RegisterElement(type, registerBytes)], address, sources);
    }

    private static WarpInstruction Atomic(PtxInstruction by, OperandSlots slots, int addressOperand)
    {
        string type = by.Type;
        if (PtxTypes.SizeOf(type) is not (4 or 8) || by.Operands[^1] is VectorOperand || type == "f16x2")
            throw by.Unsupported();
        Operand? result = addressOperand == 0 ? null : OperandSlots.Operand(by, 0);
        int? target = result is null or SinkOperand ? null : OperandSlots.Write(by, result, PtxTypes.SizeOf(type));
        AddressOperandCode address = Address(by, slots, addressOperand, type, 1);
        int value = slots.Read(by, addressOperand + 1, type);
        Type element = Factory.TypeOf(type);
        if (by.Has("cas"))
            return Factory.Create(typeof(AtomicCompareAndSwap<>), [Factory.UnsignedOf(type)], address, target, value, slots.Read(by, addressOperand + 2, type));
        string operation = by.Modifiers.FirstOrDefault(AtomicOperations.ContainsKey) ?? throw by.Unsupported();
        return Factory.Create(typeof(Atomic<,>), [element, Factory.Close(AtomicOperations[operation], element)], address, target, value);
    }

    private static AddressOperandCode Address(PtxInstruction by, OperandSlots slots, int operand, string type, int elements)
    {
        if (OperandSlots.Operand(by, operand) is not AddressOperand address)
            throw by.Unsupported("an address expected");
        if (elements is not (1 or 2 or 4) || PtxTypes.SizeOf(type) * elements > 16)
            throw by.Unsupported($"{elements} elements at once");
        StateSpace space = by.Modifiers.Select(SpaceNamed).FirstOrDefault(s => s is not null) ?? StateSpace.Generic;
        (int register, bool isWide) = address.Base switch
        {
            null => (slots.Constant(8, 0), true),
            RegisterOperand { Register.Bytes: 8 } => (slots.Read(by, address.Base, "u64"), true),
            RegisterOperand => (slots.Read(by, address.Base, "u32"), false),
            VariableOperand variable => (Variable(variable, ref space), true),
            _ => throw by.Unsupported("an address needs a register or a variable"),
        };
        return new(space, register, isWide, address.Offset, PtxTypes.SizeOf(type), elements, slots.NextMemoryInstruction());

        int Variable(VariableOperand variable, ref StateSpace named)
        {
            // A call's parameters are local variables here; a generic access by name is one of the variable's own space.
            if (named is StateSpace.Param or StateSpace.Generic)
                named = variable.Variable.Space;
            return slots.Constant(8, (ulong)(variable.Variable.Address + variable.Offset));
        }
    }

    private static string MemoryType(PtxInstruction by)
    {
        if (by.Type is "" or "pred" or "b128")
            throw by.Unsupported();
        return by.Type;
    }

    /// <summary>Registers may be wider than what is loaded or stored; constants are as wide.</summary>
    private static int RegisterBytes(IReadOnlyList<Operand> elements, string type) =>
        elements.OfType<RegisterOperand>().Select(r => r.Register.Bytes).FirstOrDefault(Math.Max(2, PtxTypes.SizeOf(type)));

    private static Type MemoryElement(string type) => type[0] == 's' ? Factory.TypeOf(type) : Factory.UnsignedOf(type);

    /// <summary>Signed loads extend by the sign, so the register is read as signed too.</summary>
    private static Type RegisterElement(string type, int bytes) => Factory.TypeOf((type[0] == 's' ? "s" : "u") + Bits(bytes));

    private static string Bits(int bytes) => (8 * bytes).ToString(System.Globalization.CultureInfo.InvariantCulture);
}
