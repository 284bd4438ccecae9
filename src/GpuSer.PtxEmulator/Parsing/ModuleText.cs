using GpuSer.Cuda.Ptx;

namespace GpuSer.PtxEmulator.Parsing;

/// <summary>A function's declaration and where its body begins.</summary>
internal sealed record FunctionText(
    string Name, bool IsEntry, IReadOnlyList<ParameterText> Results, IReadOnlyList<ParameterText> Parameters, int Body, int Line);

/// <summary>A formal parameter: in parameter space, or a register (the convention of hand-written PTX).</summary>
internal sealed record ParameterText(PtxVariable Variable, bool IsRegister);

/// <summary>A module-scope variable with the tokens of its initial value, if it has one.</summary>
internal sealed record GlobalText(PtxVariable Variable, StateSpace Space, int? Initializer, int Line);

/// <summary>The outline of a PTX module: its functions and variables (PTX ISA, "Directives").</summary>
internal sealed class ModuleText
{
    private readonly TokenReader _reader;

    private ModuleText(IReadOnlyList<PtxToken> tokens)
    {
        _reader = new(tokens);
    }

    public IReadOnlyList<PtxToken> Tokens => _reader.Tokens;

    public Dictionary<string, FunctionText> Functions { get; } = [];

    public List<GlobalText> Globals { get; } = [];

    /// <summary>Reads the outline of a module.</summary>
    public static ModuleText Read(IReadOnlyList<PtxToken> tokens)
    {
        var module = new ModuleText(tokens);
        module.ReadDirectives();
        return module;
    }

    private void ReadDirectives()
    {
        while (_reader.Current.Kind != PtxTokenKind.End)
        {
            int line = _reader.Line;
            string directive = _reader.TakeWord("a directive");
            switch (directive)
            {
                case ".version":
                    ReadVersion();
                    break;
                case ".target":
                    do
                        _reader.TakeWord("a target");
                    while (_reader.TryTake(','));
                    break;
                case ".address_size":
                    if (_reader.TakeInteger() != 64)
                        throw new PtxFormatException(line, "only .address_size 64 is supported");
                    break;
                case ".visible" or ".extern" or ".weak" or ".common":
                    break;
                case ".global" or ".const":
                    ReadGlobal(directive == ".const" ? StateSpace.Const : StateSpace.Global, line);
                    break;
                case ".shared":
                    _reader.TakeVariable(); // laid out from the entry's signature
                    _reader.Expect(';');
                    break;
                case ".func" or ".entry":
                    ReadFunction(directive == ".entry", line);
                    break;
                case ".section":
                    while (!_reader.Current.Is('{'))
                        _reader.Take();
                    _reader.SkipBraces();
                    break;
                case ".pragma":
                    _reader.SkipPast(';');
                    break;
                default:
                    throw new PtxFormatException(line, $"unexpected '{directive}'");
            }
        }
    }

    private void ReadVersion()
    {
        if (_reader.Current.Kind != PtxTokenKind.Number)
            throw _reader.Unexpected("a version");
        _reader.Take();
    }

    private void ReadGlobal(StateSpace space, int line)
    {
        PtxVariable variable = _reader.TakeVariable();
        int? initializer = null;
        if (_reader.TryTake('='))
            initializer = _reader.At;
        _reader.SkipPast(';');
        Globals.Add(new(variable, space, initializer, line));
    }

    private void ReadFunction(bool isEntry, int line)
    {
        List<ParameterText> results = _reader.Current.Is('(') ? ReadParameters() : [];
        string name = _reader.TakeWord("a function name");
        List<ParameterText> parameters = _reader.Current.Is('(') ? ReadParameters() : [];
        while (!_reader.Current.Is('{') && !_reader.Current.Is(';'))
        {
            if (_reader.Current.Kind == PtxTokenKind.End)
                throw _reader.Unexpected("a function body");
            _reader.Take(); // .maxntid, .reqntid, .minnctapersm, .noreturn, ...: limits are the signature's
        }

        if (_reader.TryTake(';'))
            return;
        Functions[name] = new(name, isEntry, results, parameters, _reader.At, line);
        _reader.SkipBraces();
    }

    private List<ParameterText> ReadParameters()
    {
        var parameters = new List<ParameterText>();
        _reader.Expect('(');
        while (!_reader.TryTake(')'))
        {
            bool isRegister = _reader.TryTake(".reg");
            if (!isRegister && !_reader.TryTake(".param"))
                throw _reader.Unexpected("'.param'");
            parameters.Add(new(_reader.TakeVariable(), isRegister));
            if (!_reader.Current.Is(')'))
                _reader.Expect(',');
        }

        return parameters;
    }
}
