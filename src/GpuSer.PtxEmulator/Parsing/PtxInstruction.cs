using GpuSer.Cuda.Ptx;

namespace GpuSer.PtxEmulator.Parsing;

/// <summary>One instruction as written: <c>@guard opcode.modifiers operands;</c>.</summary>
internal sealed record PtxInstruction(
    int Line, RegisterOperand? Guard, string Opcode, IReadOnlyList<string> Modifiers, IReadOnlyList<Operand> Operands)
{
    private static readonly HashSet<string> WithoutResult =
        ["st", "red", "bra", "brx", "exit", "ret", "trap", "brkpt", "membar", "fence", "prefetch", "prefetchu", "nanosleep", "discard"];

    /// <summary>The last modifier that is a type, without its dot; empty where there is none.</summary>
    public string Type { get; } = Modifiers.LastOrDefault(m => PtxTypes.SizeOf(m) > 0 || m == "pred") ?? "";

    public bool Has(string modifier) => Modifiers.Contains(modifier);

    /// <summary>Whether the first operand is written rather than read.</summary>
    public bool HasResult => !WithoutResult.Contains(Opcode) && !IsPlainBarrier;

    private bool IsPlainBarrier => Opcode is "bar" or "barrier" && !Has("red");

    /// <summary>Registers written.</summary>
    public IEnumerable<VirtualRegister> Definitions => HasResult && Operands.Count > 0 ? RegistersOf(Operands[0]) : [];

    /// <summary>Registers read, the guard among them.</summary>
    public IEnumerable<VirtualRegister> Uses
    {
        get
        {
            IEnumerable<VirtualRegister> read = Operands.Skip(HasResult ? 1 : 0).SelectMany(RegistersOf);
            return Guard is null ? read : read.Append(Guard.Register);
        }
    }

    public PtxFormatException Unsupported(string? why = null)
    {
        string spelt = string.Join('.', Modifiers.Prepend(Opcode));
        return new(Line, $"'{spelt}' is not supported{(why is null ? "" : ": " + why)}");
    }

    private static IEnumerable<VirtualRegister> RegistersOf(Operand operand) => operand switch
    {
        RegisterOperand register => [register.Register],
        AddressOperand { Base: { } b } => RegistersOf(b),
        VectorOperand vector => vector.Elements.SelectMany(RegistersOf),
        PairOperand pair => RegistersOf(pair.First).Concat(RegistersOf(pair.Second)),
        _ => [],
    };
}
