using GpuSer.Cuda.Ptx;

namespace GpuSer.PtxEmulator.Parsing;

/// <summary>Reads one function body, the entry's or an inlined one's.</summary>
internal sealed partial class BodyReader
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
        if (_scope.Find(name, _kernel.Pool) is { } local)
            return local;
        return _kernel.Globals.TryGetValue(name, out Variable? global) ? new VariableOperand(global, 0) : null;
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
                KernelParser.Declare(_scope, _kernel.AddToFrame(_reader.TakeVariable()));
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
        int line = _reader.Line;
        string type = _reader.TakeWord("a register type")[1..];
        if (type != "pred" && PtxTypes.SizeOf(type) is 0 or > 8)
            throw new PtxFormatException(line, $"register type '.{type}' is not supported");
        do
        {
            string name = _reader.TakeWord("a register name");
            if (_reader.TryTake('<'))
            {
                _scope.DeclareRange(name, type, (int)_reader.TakeInteger());
                _reader.Expect('>');
            }
            else
                _scope.Declare(name, new RegisterOperand(_kernel.Pool.Create(name, type)));
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
        label.Position = _kernel.Position;
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
            _kernel.Add(label);
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

    private void Emit(int line, RegisterOperand? guard, string opcode, string[] modifiers, IReadOnlyList<Operand> operands) =>
        _kernel.Add(new PtxInstruction(line, guard, opcode, modifiers, operands));
}
