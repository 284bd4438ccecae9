using GpuSer.PtxEmulator.Execution;
using GpuSer.PtxEmulator.Instructions;
using GpuSer.PtxEmulator.Parsing;

namespace GpuSer.PtxEmulator.Decoding;

/// <summary>Decodes single- and double-precision arithmetic.</summary>
internal static class FloatDecoder
{
    private static readonly Dictionary<string, (Type Nearest, Type? Directed)> Operations = new()
    {
        ["add"] = (typeof(FloatAdd<>), typeof(DirectedAdd<>)),
        ["sub"] = (typeof(FloatSubtract<>), typeof(DirectedSubtract<>)),
        ["mul"] = (typeof(FloatMultiply<>), typeof(DirectedMultiply<>)),
        ["div"] = (typeof(FloatDivide<>), typeof(DirectedDivide<>)),
        ["fma"] = (typeof(FusedMultiplyAdd<>), typeof(DirectedFusedMultiplyAdd<>)),
        ["mad"] = (typeof(FusedMultiplyAdd<>), typeof(DirectedFusedMultiplyAdd<>)),
        ["sqrt"] = (typeof(FloatSquareRoot<>), typeof(DirectedSquareRoot<>)),
        ["rcp"] = (typeof(FloatReciprocal<>), typeof(DirectedReciprocal<>)),
        ["min"] = (typeof(FloatMinimum<>), null),
        ["max"] = (typeof(FloatMaximum<>), null),
        ["abs"] = (typeof(FloatAbsolute<>), null),
        ["neg"] = (typeof(FloatNegate<>), null),
        ["copysign"] = (typeof(CopySign<>), null),
    };

    private static readonly Dictionary<string, Type> Approximate = new()
    {
        ["sin"] = typeof(Sine),
        ["cos"] = typeof(Cosine),
        ["lg2"] = typeof(LogarithmBase2),
        ["ex2"] = typeof(ExponentialBase2),
        ["tanh"] = typeof(HyperbolicTangent),
        ["rsqrt"] = typeof(ReciprocalRoot),
        ["sqrt"] = typeof(SquareRootApproximate),
    };

    public static WarpInstruction? Decode(PtxInstruction by, OperandSlots slots)
    {
        string type = by.Type;
        if (type is not ("f32" or "f64"))
            return null;
        if (by.Opcode == "testp")
        {
            return Factory.Create(typeof(TestProperty<>), [Factory.TypeOf(type)],
                by.Modifiers[0], OperandSlots.WritePredicate(by, OperandSlots.Operand(by, 0)), slots.Read(by, 1, type));
        }

        bool flush = by.Has("ftz");
        if (by.Opcode == "rsqrt" && type == "f64")
            return ScalarUnary(by, slots, typeof(ReciprocalRootDouble), type);
        if (Approximate.TryGetValue(by.Opcode, out Type? function) && by.Has("approx"))
            return ScalarUnary(by, slots, flush ? typeof(FlushedScalar<>).MakeGenericType(function) : function, type);
        if (by.Opcode == "div" && by.Has("approx"))
        {
            Type divide = flush ? typeof(FlushedScalarBinary<>).MakeGenericType(typeof(DivideApproximate)) : typeof(DivideApproximate);
            return Create(by, slots, typeof(ScalarBinary<,,,>), [typeof(float), typeof(float), typeof(float), divide], 2, type);
        }

        if (!Operations.TryGetValue(by.Opcode, out (Type Nearest, Type? Directed) operation))
            return null;
        return Mode(by) is { } mode && operation.Directed is not null
            ? Directed(by, slots, operation.Directed.MakeGenericType(mode), type)
            : Nearest(by, slots, operation.Nearest, type);
    }

    private static Type? Mode(PtxInstruction by) =>
        by.Has("rz") ? typeof(TowardsZero) : by.Has("rm") ? typeof(TowardsMinusInfinity) : by.Has("rp") ? typeof(TowardsPlusInfinity) : null;

    private static WarpInstruction Nearest(PtxInstruction by, OperandSlots slots, Type operation, string type)
    {
        if (by.Has("NaN"))
            operation = operation == typeof(FloatMinimum<>) ? typeof(FloatMinimumNaN<>) : typeof(FloatMaximumNaN<>);
        Type element = Factory.TypeOf(type);
        Type closed = operation.MakeGenericType(element);
        int operands = by.Operands.Count - 1;
        if (by.Has("sat"))
        {
            closed = operands switch
            {
                2 => typeof(SaturatedBinary<,>).MakeGenericType(element, closed),
                3 => typeof(SaturatedTernary<,>).MakeGenericType(element, closed),
                _ => throw by.Unsupported(),
            };
        }

        if (by.Has("ftz") && type == "f32") // in double only rcp.approx and rsqrt.approx say .ftz
        {
            Type flushed = operands switch { 1 => typeof(FlushedUnary<>), 2 => typeof(FlushedBinary<>), _ => typeof(FlushedTernary<>) };
            closed = flushed.MakeGenericType(closed);
        }

        Type instruction = operands switch
        {
            1 => typeof(VectorUnary<,>),
            2 => typeof(VectorBinary<,>),
            3 => typeof(VectorTernary<,>),
            _ => throw by.Unsupported($"{operands} operands"),
        };
        return Create(by, slots, instruction, [element, closed], operands, type);
    }

    private static WarpInstruction Directed(PtxInstruction by, OperandSlots slots, Type operation, string type)
    {
        if (by.Has("sat"))
            throw by.Unsupported("a directed rounding together with .sat");
        Type element = Factory.TypeOf(type);
        int operands = by.Operands.Count - 1;
        if (by.Has("ftz"))
        {
            Type flushed = operands switch { 1 => typeof(FlushedScalar<>), 2 => typeof(FlushedScalarBinary<>), _ => typeof(FlushedScalarTernary<>) };
            operation = flushed.MakeGenericType(operation);
        }

        (Type instruction, Type[] types) = operands switch
        {
            1 => (typeof(ScalarUnary<,,>), new[] { element, element, operation }),
            2 => (typeof(ScalarBinary<,,,>), [element, element, element, operation]),
            _ => (typeof(ScalarTernary<,,,,>), [element, element, element, element, operation]),
        };
        return Create(by, slots, instruction, types, operands, type);
    }

    private static WarpInstruction ScalarUnary(PtxInstruction by, OperandSlots slots, Type operation, string type)
    {
        Type element = Factory.TypeOf(type);
        return Create(by, slots, typeof(ScalarUnary<,,>), [element, element, operation], 1, type);
    }

    private static WarpInstruction Create(PtxInstruction by, OperandSlots slots, Type instruction, Type[] types, int operands, string type)
    {
        var arguments = new object?[operands + 1];
        arguments[0] = OperandSlots.Write(by, type);
        for (int i = 1; i <= operands; i++)
            arguments[i] = slots.Read(by, i, type);
        return Factory.Create(instruction, types, arguments);
    }
}
