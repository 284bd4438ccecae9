using GpuSer.Cuda.Ptx;

namespace GpuSer.PtxEmulator.Parsing;

/// <summary>
/// Reads the body of an entry point. A call of a device function is replaced by the function's body with registers and
/// labels of its own, so that what executes has no calls; program order stays that of the source, which keeps
/// reconvergence at the smallest program counter right across calls.
/// </summary>
internal sealed class KernelParser
{
    private const int MaxCallDepth = 64;

    private readonly Scope _shared = new(null);
    private readonly List<PtxInstruction> _instructions = [];
    private readonly List<Label> _labels = [];
    private int _frameBytes;

    private KernelParser(ModuleText module, IReadOnlyDictionary<string, Variable> globals)
    {
        Module = module;
        Globals = globals;
    }

    public ModuleText Module { get; }

    /// <summary>Module variables with their addresses.</summary>
    public IReadOnlyDictionary<string, Variable> Globals { get; }

    public RegisterPool Pool { get; } = new();

    /// <summary>Index of the next instruction.</summary>
    public int Position => _instructions.Count;

    /// <summary>Reads one entry point.</summary>
    /// <param name="module">The module it is in.</param>
    /// <param name="signature">Its signature, for parameters and shared variables.</param>
    /// <param name="globals">Module variables with their addresses.</param>
    public static KernelText Read(ModuleText module, PtxSignature signature, IReadOnlyDictionary<string, Variable> globals)
    {
        var parser = new KernelParser(module, globals);
        var scope = new Scope(parser._shared);
        foreach (PtxParameter parameter in signature.Parameters)
            Declare(scope, new(parameter.Name, StateSpace.Param, AddressSpaces.ParameterWindow + parameter.Offset, parameter.Bytes));
        foreach (PtxSharedVariable shared in signature.SharedVariables)
            Declare(parser._shared, new(shared.Name, StateSpace.Shared, shared.Offset, shared.Bytes));
        parser.ReadBody(module.Functions[signature.Name], scope, null, 0);
        return new(parser._instructions, parser._labels, parser.Pool.All, parser._frameBytes);
    }

    public static void Declare(Scope scope, Variable variable) => scope.Declare(variable.Name, new VariableOperand(variable, 0));

    /// <summary>A scope for a function's body: it sees the kernel's shared variables.</summary>
    public Scope NewScope() => new(_shared);

    public void Add(PtxInstruction instruction) => _instructions.Add(instruction);

    public void Add(Label label) => _labels.Add(label);

    /// <summary>Reads a function's body; <paramref name="end"/> is where its <c>ret</c> goes, null for the entry itself.</summary>
    public void ReadBody(FunctionText function, Scope scope, Label? end, int depth)
    {
        if (depth > MaxCallDepth)
            throw new PtxFormatException(function.Line, $"'{function.Name}' calls itself; recursion is not supported");
        var body = new BodyReader(this, new(Module.Tokens, function.Body), scope, end, depth);
        body.Read();
    }

    /// <summary>Gives a variable a place in the thread's frame.</summary>
    public Variable AddToFrame(PtxVariable declared)
    {
        _frameBytes = PtxTypes.Align(_frameBytes, declared.Alignment);
        var variable = new Variable(declared.Name, StateSpace.Local, _frameBytes, declared.Bytes);
        _frameBytes += declared.Bytes;
        return variable;
    }
}
