using GpuSer.Cuda.Ptx;

namespace GpuSer.PtxEmulator.Parsing;

internal sealed partial class BodyReader
{
    private void ReadCall(int line, RegisterOperand? guard)
    {
        List<Operand> results = _reader.Current.Is('(') ? ReadArguments() : [];
        if (results.Count > 0)
            _reader.Expect(',');
        string name = _reader.TakeWord("a function");
        List<Operand> arguments = _reader.TryTake(',') ? ReadArguments() : [];
        _reader.Expect(';');
        if (!_kernel.Module.Functions.TryGetValue(name, out FunctionText? function))
            throw new PtxFormatException(line, $"'{name}' is not defined in this module");
        if (results.Count != function.Results.Count || arguments.Count != function.Parameters.Count)
            throw new PtxFormatException(line, $"'{name}' takes {function.Parameters.Count} arguments and gives {function.Results.Count} results");

        var end = new Label($"end of {name}", line);
        _kernel.Add(end);
        if (guard is not null)
            Emit(line, guard with { Negated = !guard.Negated }, "bra", [], [new LabelOperand([end])]);
        var scope = _kernel.NewScope();
        for (int i = 0; i < arguments.Count; i++)
            Pass(line, scope, function.Parameters[i], arguments[i]);
        var given = results.Select((result, i) => (result, Formal: Bind(scope, function.Results[i], result))).ToList();
        _kernel.ReadBody(function, scope, end, _depth + 1);
        end.Position = _kernel.Position;
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
            var copy = new RegisterOperand(_kernel.Pool.Create(formal.Variable.Name, type));
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
}
