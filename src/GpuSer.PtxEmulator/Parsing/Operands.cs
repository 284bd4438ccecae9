namespace GpuSer.PtxEmulator.Parsing;

/// <summary>A register of a kernel after inlining: unique, with the slot that liveness analysis gives it.</summary>
internal sealed class VirtualRegister(string name, string type, int id)
{
    public string Name { get; } = name;

    public string Type { get; } = type;

    public int Id { get; } = id;

    public bool IsPredicate { get; } = type == "pred";

    /// <summary>Bytes a lane takes; 1-byte registers live in 2 bytes, as on the device.</summary>
    public int Bytes { get; } = Math.Max(2, Cuda.Ptx.PtxTypes.SizeOf(type));

    /// <summary>Byte offset in a warp's register file, or index of a predicate.</summary>
    public int Slot { get; set; } = -1;
}

/// <summary>A variable with an address: where it lives and its offset (or address) there.</summary>
internal sealed record Variable(string Name, StateSpace Space, long Address, int Bytes);

/// <summary>An operand of an instruction, names resolved.</summary>
internal abstract record Operand;

internal sealed record RegisterOperand(VirtualRegister Register, bool Negated = false) : Operand;

internal sealed record IntegerOperand(ulong Value) : Operand;

internal sealed record FloatOperand(double Value) : Operand;

/// <summary>A special register, such as <c>%tid.x</c>.</summary>
internal sealed record SpecialOperand(string Name) : Operand;

/// <summary>A variable's address plus an offset.</summary>
internal sealed record VariableOperand(Variable Variable, long Offset) : Operand;

/// <summary><c>[base + offset]</c>; without a base, an absolute address.</summary>
internal sealed record AddressOperand(Operand? Base, long Offset) : Operand;

/// <summary><c>{a, b}</c>.</summary>
internal sealed record VectorOperand(IReadOnlyList<Operand> Elements) : Operand;

/// <summary><c>p|q</c>.</summary>
internal sealed record PairOperand(Operand First, Operand Second) : Operand;

/// <summary><c>_</c>: a result nobody wants.</summary>
internal sealed record SinkOperand : Operand;

/// <summary>Targets of a branch.</summary>
internal sealed record LabelOperand(IReadOnlyList<Label> Targets) : Operand;

/// <summary>A place in a kernel's instructions.</summary>
internal sealed class Label(string name, int line)
{
    public string Name { get; } = name;

    public int Line { get; } = line;

    /// <summary>Index of the instruction it stands before, -1 until it is placed.</summary>
    public int Position { get; set; } = -1;
}
