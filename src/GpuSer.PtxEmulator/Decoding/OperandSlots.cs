using GpuSer.Cuda.Ptx;
using GpuSer.PtxEmulator.Execution;
using GpuSer.PtxEmulator.Parsing;

namespace GpuSer.PtxEmulator.Decoding;

/// <summary>Turns operands into places: offsets in a warp's registers or constants, and predicate indices.</summary>
internal sealed class OperandSlots(ConstantPool constants)
{
    private static readonly string[] PerWarp = ["%tid.x", "%tid.y", "%tid.z", "%warpid"];

    /// <summary>Number of memory instructions so far: each remembers the range it last touched.</summary>
    public int MemoryInstructions { get; private set; }

    public int NextMemoryInstruction() => MemoryInstructions++;

    /// <summary>The place an operand's value is read from; it has the given type.</summary>
    public int Read(PtxInstruction by, int operand, string type) => Read(by, Operand(by, operand), type);

    /// <inheritdoc cref="Read(PtxInstruction, int, string)"/>
    public int Read(PtxInstruction by, Operand operand, string type)
    {
        int bytes = Math.Max(2, PtxTypes.SizeOf(type));
        switch (operand)
        {
            case RegisterOperand { Register.IsPredicate: false } register:
                CheckWidth(by, register.Register, bytes);
                return register.Register.Slot;
            case IntegerOperand integer:
                return constants.OfValue(bytes, type is "f32" or "f64" ? FloatBits((long)integer.Value, bytes) : integer.Value);
            case FloatOperand real:
                return constants.OfValue(bytes, FloatBits(real.Value, bytes));
            case SpecialOperand special:
                return Special(by, special.Name);
            case VariableOperand variable:
                return constants.OfValue(bytes, (ulong)(variable.Variable.Address + variable.Offset));
            default:
                throw by.Unsupported("an operand is of the wrong kind");
        }
    }

    /// <summary>The place of a constant.</summary>
    public int Constant(int bytes, ulong value) => constants.OfValue(bytes, value);

    /// <summary>The place a result goes to.</summary>
    public static int Write(PtxInstruction by, Operand operand, int bytes)
    {
        switch (operand)
        {
            case SinkOperand:
                return WarpLayout.Sink;
            case RegisterOperand { Register.IsPredicate: false, Negated: false } register:
                CheckWidth(by, register.Register, Math.Max(2, bytes));
                return register.Register.Slot;
            default:
                throw by.Unsupported("its result needs a register");
        }
    }

    /// <inheritdoc cref="Write(PtxInstruction, Parsing.Operand, int)"/>
    public static int Write(PtxInstruction by, string type) => Write(by, Operand(by, 0), PtxTypes.SizeOf(type));

    /// <summary>A predicate read, with its negation; constants 0 and 1 serve too.</summary>
    public static (int Index, bool Negated) ReadPredicate(PtxInstruction by, Operand operand) => operand switch
    {
        RegisterOperand { Register.IsPredicate: true } register => (register.Register.Slot, register.Negated),
        IntegerOperand integer => (integer.Value == 0 ? PredicateSlots.False : PredicateSlots.True, false),
        _ => throw by.Unsupported("a predicate expected"),
    };

    /// <summary>A predicate written.</summary>
    public static int WritePredicate(PtxInstruction by, Operand operand) => operand switch
    {
        SinkOperand => PredicateSlots.Sink,
        RegisterOperand { Register.IsPredicate: true } register => register.Register.Slot,
        _ => throw by.Unsupported("its result needs a predicate"),
    };

    /// <summary>The guard of an instruction, true where there is none.</summary>
    public static (int Index, bool Negated) Guard(PtxInstruction by) =>
        by.Guard is null ? (PredicateSlots.True, false) : (by.Guard.Register.Slot, by.Guard.Negated);

    /// <summary>An operand by its index.</summary>
    public static Operand Operand(PtxInstruction by, int index) =>
        index < by.Operands.Count ? by.Operands[index] : throw by.Unsupported($"operand {index + 1} is missing");

    /// <summary>An operand that must be an integer constant.</summary>
    public static ulong Immediate(PtxInstruction by, int index) =>
        Operand(by, index) is IntegerOperand integer ? integer.Value : throw by.Unsupported($"operand {index + 1} must be a constant");

    private static ulong FloatBits(double value, int bytes) => bytes switch
    {
        8 => BitConverter.DoubleToUInt64Bits(value),
        4 => BitConverter.SingleToUInt32Bits((float)value),
        _ => BitConverter.HalfToUInt16Bits((Half)value),
    };

    private static void CheckWidth(PtxInstruction by, VirtualRegister register, int bytes)
    {
        if (register.Bytes != bytes)
            throw by.Unsupported($"register {register.Name} has {8 * register.Bytes} bits, {8 * bytes} expected");
    }

    private int Special(PtxInstruction by, string name)
    {
        if (SpecialRegisters.IsClock(name))
            throw by.Unsupported("a clock is read by mov only");
        int perWarp = Array.IndexOf(PerWarp, name);
        return perWarp >= 0
            ? WarpLayout.PerWarpSpecials + (perWarp * 4 * Lanes.Count)
            : constants.OfSpecial(name, SpecialRegisters.SizeOf(name));
    }
}
