namespace GpuSer.Cuda.Ptx;

/// <summary>Gathers the signatures of a PTX text's entry points: declarations are read, instructions only searched for names.</summary>
internal sealed class PtxSignatureReader
{
    private readonly IReadOnlyList<PtxToken> _tokens;
    private readonly Dictionary<string, PtxVariable> _shared = [];
    private readonly Dictionary<string, Function> _functions = [];
    private int _at;

    private PtxSignatureReader(IReadOnlyList<PtxToken> tokens)
    {
        _tokens = tokens;
    }

    private PtxToken Current => _tokens[_at];

    public static IReadOnlyDictionary<string, PtxSignature> Read(IReadOnlyList<PtxToken> tokens)
    {
        var reader = new PtxSignatureReader(tokens);
        reader.ReadModule();
        return reader._functions.Values.Where(f => f.IsEntry).Select(reader.Describe).ToDictionary(s => s.Name);
    }

    private void ReadModule()
    {
        if (!Current.Is(".version"))
            throw new PtxFormatException(Current.Line, "PTX begins with .version");
        while (Current.Kind != PtxTokenKind.End)
        {
            if (Current.Is(".entry") || Current.Is(".func"))
                ReadFunction();
            else if (Current.Is(".shared"))
                ReadShared();
            else if (Current.Is('{'))
                SkipBraces(null);
            else
                _at++;
        }
    }

    private void ReadFunction()
    {
        bool isEntry = Current.Is(".entry");
        _at++;
        if (Current.Is('('))
            ReadParameters(); // a function's return value
        var function = new Function(Current.Value, isEntry);
        _at++;
        if (Current.Is('('))
            function.Parameters = ReadParameters();
        for (; !Current.Is('{') && !Current.Is(';'); _at++)
        {
            if (Current.Kind == PtxTokenKind.End)
                throw new PtxFormatException(Current.Line, $"'{function.Name}' has no body");
            if (Current.Is(".maxntid"))
                function.MaxBlock = ReadExtent();
            else if (Current.Is(".reqntid"))
                function.RequiredBlock = ReadExtent();
        }

        if (!Current.Is('{'))
            return; // a forward declaration
        SkipBraces(function);
        _functions[function.Name] = function;
    }

    private List<PtxParameter> ReadParameters()
    {
        var parameters = new List<PtxParameter>();
        int offset = 0;
        for (_at++; !Current.Is(')'); _at += Current.Is(',') ? 1 : 0)
        {
            if (!Current.Is(".param") && !Current.Is(".reg"))
                throw new PtxFormatException(Current.Line, $"'.param' expected, found '{Current.Value}'");
            _at++;
            PtxVariable variable = PtxVariable.Read(_tokens, ref _at);
            offset = PtxTypes.Align(offset, variable.Alignment);
            parameters.Add(new(variable.Name, variable.Type, variable.Bytes, variable.Alignment, offset));
            offset += variable.Bytes;
        }

        _at++;
        return parameters;
    }

    private Dim3 ReadExtent()
    {
        Span<int> extent = [1, 1, 1];
        for (int axis = 0; axis < 3; axis++)
        {
            _at++;
            if (!PtxNumber.TryInteger(Current.Value, out ulong value) || value is 0 or > 1 << 20)
                throw new PtxFormatException(Current.Line, $"a block extent expected, found '{Current.Value}'");
            extent[axis] = (int)value;
            if (!_tokens[_at + 1].Is(','))
                break;
            _at++;
        }

        return new(extent[0], extent[1], extent[2]);
    }

    private string ReadShared()
    {
        _at++;
        PtxVariable variable = PtxVariable.Read(_tokens, ref _at);
        _shared[variable.Name] = variable;
        return variable.Name;
    }

    private void SkipBraces(Function? function)
    {
        int depth = 0;
        int line = Current.Line;
        do
        {
            if (Current.Kind == PtxTokenKind.End)
                throw new PtxFormatException(line, "a brace is never closed");
            if (Current.Is('{'))
                depth++;
            else if (Current.Is('}'))
                depth--;
            else if (function is not null && Current.Is(".shared"))
            {
                function.Names.Add(ReadShared()); // declared in the function: its own, named again or not
                continue;
            }
            else if (function is not null && Current.Is(".local"))
            {
                _at++;
                PtxVariable local = PtxVariable.Read(_tokens, ref _at);
                function.LocalBytes = PtxTypes.Align(function.LocalBytes, local.Alignment) + local.Bytes;
                continue;
            }
            else if (Current.Kind == PtxTokenKind.Word)
                function?.Names.Add(Current.Value);
            _at++;
        }
        while (depth > 0);
    }

    private PtxSignature Describe(Function entry)
    {
        var reached = new HashSet<string> { entry.Name };
        var pending = new Queue<Function>([entry]);
        var names = new HashSet<string>();
        int localBytes = 0;
        while (pending.TryDequeue(out Function? function))
        {
            localBytes += function.LocalBytes;
            names.UnionWith(function.Names);
            foreach (string name in function.Names)
            {
                if (_functions.TryGetValue(name, out Function? called) && reached.Add(name))
                    pending.Enqueue(called);
            }
        }

        List<PtxSharedVariable> shared = LayOut(_shared.Values.Where(v => names.Contains(v.Name)), out int staticBytes);
        int? maxThreads = entry.MaxBlock is { } block ? (int)block.Count : null;
        return new(entry.Name, entry.Parameters, maxThreads, entry.RequiredBlock, shared, staticBytes, localBytes);
    }

    private static List<PtxSharedVariable> LayOut(IEnumerable<PtxVariable> variables, out int staticBytes)
    {
        var placed = new List<PtxSharedVariable>();
        int offset = 0;
        foreach (PtxVariable variable in variables.OrderBy(v => v.Elements is null))
        {
            offset = PtxTypes.Align(offset, variable.Alignment);
            placed.Add(new(variable.Name, variable.Bytes, variable.Alignment, offset));
            offset += variable.Bytes;
        }

        staticBytes = offset;
        return placed;
    }

    private sealed class Function(string name, bool isEntry)
    {
        public string Name { get; } = name;

        public bool IsEntry { get; } = isEntry;

        public List<PtxParameter> Parameters { get; set; } = [];

        public Dim3? MaxBlock { get; set; }

        public Dim3? RequiredBlock { get; set; }

        public int LocalBytes { get; set; }

        public HashSet<string> Names { get; } = [];
    }
}
