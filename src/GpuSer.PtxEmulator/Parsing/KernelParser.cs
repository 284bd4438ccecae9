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

    private readonly ModuleText _module;
    private readonly IReadOnlyDictionary<string, Variable> _globals;
    private readonly RegisterPool _pool = new();
    private readonly Scope _shared = new(null);
    private readonly List<PtxInstruction> _instructions = [];
    private readonly List<Label> _labels = [];
    private int _frameBytes;

    private KernelParser(ModuleText module, IReadOnlyDictionary<string, Variable> globals)
    {
        _module = module;
        _globals = globals;
    }

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
        return new(parser._instructions, parser._labels, parser._pool.All, parser._frameBytes);
    }

    private static void Declare(Scope scope, Variable variable) => scope.Declare(variable.Name, new VariableOperand(variable, 0));

    /// <summary>Reads a function's body; <paramref name="end"/> is where its <c>ret</c> goes, null for the entry itself.</summary>
    private void ReadBody(FunctionText function, Scope scope, Label? end, int depth)
    {
        if (depth > MaxCallDepth)
            throw new PtxFormatException(function.Line, $"'{function.Name}' calls itself; recursion is not supported");
        var body = new BodyReader(this, new(_module.Tokens, function.Body), scope, end, depth);
        body.Read();
    }

    private Variable AddToFrame(PtxVariable declared)
    {
        _frameBytes = PtxTypes.Align(_frameBytes, declared.Alignment);
        var variable = new Variable(declared.Name, StateSpace.Local, _frameBytes, declared.Bytes);
        _frameBytes += declared.Bytes;
        return variable;
    }

    /// <summary>Reads one function body, the entry's or an inlined one's.</summary>
    private sealed class BodyReader
    {
        private readonly KernelParser _kernel;
        private readonly TokenReader _reader;
        private readonly Label? _end;
        private readonly int _depth;
        private readonly OperandReader _operands;
        private readonly Dictionary<string, Label> _labels = [];
        private readonly Dictionary<string, LabelOperand> _tables = [];
        private Scope _scope;

        public BodyReader(KernelParser kernel, TokenReader reader, Scope scope, Label? end, int depth)
        {
            _kernel = kernel;
            _reader = reader;
            _scope = scope;
            _end = end;
            _depth = depth;
            _operands = new(reader, Find);
        }

        public void Read()
        {
            int braces = 0;
            do
            {
                if (_reader.TryTake('{'))
                {
                    braces++;
                    _scope = new(_scope);
                }
                else if (_reader.TryTake('}'))
                {
                    braces--;
                    _scope = _scope.Parent!;
                }
                else
                    ReadStatement();
            }
            while (braces > 0);

            foreach (Label label in _labels.Values)
            {
                if (label.Position < 0)
                    throw new PtxFormatException(label.Line, $"label '{label.Name}' is not defined");
            }
        }

        private Operand? Find(string name)
        {
            if (_scope.Find(name, _kernel._pool) is { } local)
                return local;
            return _kernel._globals.TryGetValue(name, out Variable? global) ? new VariableOperand(global, 0) : null;
        }

        private void ReadStatement()
        {
            if (_reader.Current.Is('@') || _reader.Current.Is(';'))
                ReadInstruction();
            else if (_reader.Next.Is(':'))
                ReadLabel();
            else if (_reader.Current.Kind == PtxTokenKind.Word && _reader.Current.Value[0] == '.')
                ReadDirective();
            else
                ReadInstruction();
        }

        private void ReadDirective()
        {
            PtxToken directive = _reader.Take();
            switch (directive.Value)
            {
                case ".reg":
                    ReadRegisters();
                    break;
                case ".local" or ".param":
                    Declare(_scope, _kernel.AddToFrame(_reader.TakeVariable()));
                    _reader.Expect(';');
                    break;
                case ".shared" or ".pragma":
                    _reader.SkipPast(';'); // shared variables are laid out by the signature
                    break;
                default:
                    throw new PtxFormatException(directive.Line, $"'{directive.Value}' is not supported in a function");
            }
        }

        private void ReadRegisters()
        {
            string type = _reader.TakeWord("a register type")[1..];
            do
            {
                string name = _reader.TakeWord("a register name");
                if (_reader.TryTake('<'))
                {
                    _scope.DeclareRange(name, type, (int)_reader.TakeInteger());
                    _reader.Expect('>');
                }
                else
                    _scope.Declare(name, new RegisterOperand(_kernel._pool.Create(name, type)));
            }
            while (_reader.TryTake(','));
            _reader.Expect(';');
        }

        private void ReadLabel()
        {
            PtxToken name = _reader.Take();
            _reader.Expect(':');
            if (_reader.TryTake(".branchtargets"))
            {
                _tables[name.Value] = new(ReadTargets());
                _reader.Expect(';');
                return;
            }

            if (_reader.Current.Is(".callprototype"))
                throw new PtxFormatException(name.Line, "indirect calls are not supported");
            Label label = LabelOf(name.Value);
            if (label.Position >= 0)
                throw new PtxFormatException(name.Line, $"label '{name.Value}' is defined twice");
            label.Position = _kernel._instructions.Count;
        }

        private List<Label> ReadTargets()
        {
            var targets = new List<Label>();
            do
                targets.Add(LabelOf(_reader.TakeWord("a label")));
            while (_reader.TryTake(','));
            return targets;
        }

        private Label LabelOf(string name)
        {
            if (!_labels.TryGetValue(name, out Label? label))
            {
                label = new(name, _reader.Line);
                _labels.Add(name, label);
                _kernel._labels.Add(label);
            }

            return label;
        }

        private void ReadInstruction()
        {
            if (_reader.TryTake(';'))
                return;
            RegisterOperand? guard = null;
            int line = _reader.Line;
            if (_reader.TryTake('@'))
            {
                guard = _operands.Read() as RegisterOperand;
                if (guard is not { Register.IsPredicate: true })
                    throw new PtxFormatException(line, "a predicate expected after '@'");
            }

            line = _reader.Line;
            string[] parts = _reader.TakeWord("an instruction").Split('.');
            string[] modifiers = parts[1..];
            switch (parts[0])
            {
                case "bra":
                    Emit(line, guard, "bra", modifiers, [new LabelOperand([LabelOf(_reader.TakeWord("a label"))])]);
                    _reader.Expect(';');
                    break;
                case "brx":
                    ReadIndexedBranch(line, guard, modifiers);
                    break;
                case "call":
                    ReadCall(line, guard);
                    break;
                case "ret" when _end is not null:
                    _reader.Expect(';');
                    Emit(line, guard, "bra", modifiers, [new LabelOperand([_end])]);
                    break;
                default:
                    Emit(line, guard, parts[0], modifiers, _operands.ReadAll());
                    break;
            }
        }

        private void ReadIndexedBranch(int line, RegisterOperand? guard, string[] modifiers)
        {
            Operand index = _operands.Read();
            _reader.Expect(',');
            string table = _reader.TakeWord("a branch table");
            _reader.Expect(';');
            if (!_tables.TryGetValue(table, out LabelOperand? targets))
                throw new PtxFormatException(line, $"branch table '{table}' is not declared before its use");
            Emit(line, guard, "brx", modifiers, [index, targets]);
        }

        private void ReadCall(int line, RegisterOperand? guard)
        {
            List<Operand> results = _reader.Current.Is('(') ? ReadArguments() : [];
            if (results.Count > 0)
                _reader.Expect(',');
            string name = _reader.TakeWord("a function");
            List<Operand> arguments = _reader.TryTake(',') ? ReadArguments() : [];
            _reader.Expect(';');
            if (!_kernel._module.Functions.TryGetValue(name, out FunctionText? function))
                throw new PtxFormatException(line, $"'{name}' is not defined in this module");
            if (results.Count != function.Results.Count || arguments.Count != function.Parameters.Count)
                throw new PtxFormatException(line, $"'{name}' takes {function.Parameters.Count} arguments and gives {function.Results.Count} results");

            var end = new Label($"end of {name}", line);
            _kernel._labels.Add(end);
            if (guard is not null)
                Emit(line, guard with { Negated = !guard.Negated }, "bra", [], [new LabelOperand([end])]);
            var scope = new Scope(_kernel._shared);
            for (int i = 0; i < arguments.Count; i++)
                Pass(line, scope, function.Parameters[i], arguments[i]);
            var given = results.Select((result, i) => (result, Formal: Bind(scope, function.Results[i], result))).ToList();
            _kernel.ReadBody(function, scope, end, _depth + 1);
            end.Position = _kernel._instructions.Count;
            foreach ((Operand result, Operand formal) in given)
            {
                if (result is RegisterOperand register && !Equals(register, formal))
                    Emit(line, guard, "ld", ["local", register.Register.Type], [register, new AddressOperand(formal, 0)]);
            }
        }

        private List<Operand> ReadArguments()
        {
            var arguments = new List<Operand>();
            _reader.Expect('(');
            while (!_reader.TryTake(')'))
            {
                arguments.Add(_operands.Read());
                if (!_reader.Current.Is(')'))
                    _reader.Expect(',');
            }

            return arguments;
        }

        /// <summary>Gives a formal parameter its value: a call's own .param variable is shared, anything else copied.</summary>
        private void Pass(int line, Scope scope, ParameterText formal, Operand actual)
        {
            string type = formal.Variable.Type;
            if (formal.IsRegister)
            {
                var copy = new RegisterOperand(_kernel._pool.Create(formal.Variable.Name, type));
                scope.Declare(formal.Variable.Name, copy);
                Emit(line, null, "mov", [type], [copy, actual]);
            }
            else if (Bind(scope, formal, actual) is VariableOperand place && !Equals(place, actual))
                Emit(line, null, "st", ["local", type], [new AddressOperand(place, 0), actual]);
        }

        private Operand Bind(Scope scope, ParameterText formal, Operand actual)
        {
            Operand place = actual is VariableOperand || (formal.IsRegister && actual is RegisterOperand)
                ? actual
                : new VariableOperand(_kernel.AddToFrame(formal.Variable), 0);
            scope.Declare(formal.Variable.Name, place);
            return place;
        }

        private void Emit(int line, RegisterOperand? guard, string opcode, string[] modifiers, IReadOnlyList<Operand> operands) =>
            _kernel._instructions.Add(new(line, guard, opcode, modifiers, operands));
    }
}
