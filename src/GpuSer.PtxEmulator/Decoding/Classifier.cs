using GpuSer.Cuda.Ptx;
using GpuSer.PtxEmulator.Counters;
using GpuSer.PtxEmulator.Parsing;

namespace GpuSer.PtxEmulator.Decoding;

/// <summary>The unit that executes an instruction, by opcode and type.</summary>
internal static class Classifier
{
    public static InstructionClass ClassOf(PtxInstruction instruction)
    {
        switch (instruction.Opcode)
        {
            case "bra" or "brx" or "exit" or "ret" or "trap" or "bar" or "barrier" or "membar" or "fence" or "vote" or "activemask"
                or "nanosleep" or "brkpt" or "pmevent":
                return InstructionClass.Control;
            case "ld" when instruction.Has("param"):
                return InstructionClass.Integer; // an operand in the constant bank
            case "ld" or "ldu" or "st" or "atom" or "red" or "shfl" or "prefetch" or "prefetchu" or "discard" or "applypriority":
                return InstructionClass.LoadStore;
            case "setp" or "set" or "min" or "max" or "testp" or "slct":
                return InstructionClass.Compare;
            case "sin" or "cos" or "lg2" or "ex2" or "tanh" or "rsqrt" or "sqrt" or "rcp" or "div" or "rem" or "popc" or "clz" or "bfind"
                or "brev" or "match":
                return InstructionClass.Special;
            case "cvt":
                return ClassOfConversion(instruction);
            case "mov" or "selp":
                return InstructionClass.Integer;
            default:
                return instruction.Type switch
                {
                    "f64" => InstructionClass.Float64,
                    "f32" => InstructionClass.Float32,
                    _ => InstructionClass.Integer,
                };
        }
    }

    /// <summary>Between integers a move; between 32-bit types at the integer rate; with 64-bit values slower.</summary>
    private static InstructionClass ClassOfConversion(PtxInstruction instruction)
    {
        string to = instruction.Modifiers[^2];
        string from = instruction.Modifiers[^1];
        bool isFloat = to[0] is 'f' || from[0] is 'f';
        bool isWide = PtxTypes.SizeOf(to) == 8 || PtxTypes.SizeOf(from) == 8;
        return isFloat && isWide ? InstructionClass.Special : InstructionClass.Integer;
    }
}
