using GpuSer.PtxEmulator.Execution;
using GpuSer.PtxEmulator.Instructions;
using GpuSer.PtxEmulator.Parsing;

namespace GpuSer.PtxEmulator.Decoding;

/// <summary>Decodes comparisons, selections and logic on predicates.</summary>
internal static class CompareDecoder
{
    public static WarpInstruction? Decode(PtxInstruction by, OperandSlots slots)
    {
        switch (by.Opcode)
        {
            case "setp" or "set":
                return Comparison(by, slots);
            case "selp":
                (int predicate, bool negated) = OperandSlots.ReadPredicate(by, OperandSlots.Operand(by, 3));
                return Factory.Create(typeof(Select<>), [Factory.UnsignedOf(by.Type)], OperandSlots.Write(by, by.Type),
                    slots.Read(by, 1, by.Type), slots.Read(by, 2, by.Type), predicate, negated);
            case "slct":
                return SelectBySign(by, slots);
            case "mov" or "not" or "and" or "or" or "xor" when by.Type == "pred":
                return Logic(by);
            default:
                return null;
        }
    }

    private static WarpInstruction Comparison(PtxInstruction by, OperandSlots slots)
    {
        string type = by.Modifiers[^1];
        string name = by.Modifiers[0];
        (Type comparison, bool swap, bool complement) = Of(by, name, type);
        Type element = Factory.TypeOf(type is "b16" or "b32" or "b64" ? "u" + type[1..] : type);
        bool isUnsignedName = name is "lo" or "ls" or "hi" or "hs";
        if (isUnsignedName)
            element = Factory.UnsignedOf(type);
        Type closed = comparison.MakeGenericType(element);
        if (by.Has("ftz"))
            closed = typeof(FlushedComparison<>).MakeGenericType(closed);

        BooleanJoin join = by.Has("and") ? BooleanJoin.And : by.Has("or") ? BooleanJoin.Or : by.Has("xor") ? BooleanJoin.Xor : BooleanJoin.None;
        (int predicate, bool negated) = join == BooleanJoin.None
            ? (PredicateSlots.True, false)
            : OperandSlots.ReadPredicate(by, OperandSlots.Operand(by, 3));
        var frame = new ComparisonFrame(complement, join, predicate, negated);
        int a = slots.Read(by, swap ? 2 : 1, type);
        int b = slots.Read(by, swap ? 1 : 2, type);
        Operand target = OperandSlots.Operand(by, 0);
        if (by.Opcode == "set")
        {
            bool toFloat = by.Modifiers[^2] == "f32";
            uint whenTrue = toFloat ? BitConverter.SingleToUInt32Bits(1) : uint.MaxValue;
            return Factory.Create(typeof(SetValue<,>), [element, closed], OperandSlots.Write(by, target, 4), whenTrue, a, b, frame);
        }

        Operand first = target is PairOperand pair ? pair.First : target;
        int? opposite = target is PairOperand both ? OperandSlots.WritePredicate(by, both.Second) : null;
        return Factory.Create(typeof(SetPredicate<,>), [element, closed], OperandSlots.WritePredicate(by, first), opposite, a, b, frame);
    }

    /// <summary>
    /// A comparison as one of a few, its operands swapped or its result complemented. The unordered ones (<c>ltu</c>) hold
    /// when an operand is no number, which makes them complements of ordered ones.
    /// </summary>
    private static (Type Comparison, bool Swap, bool Complement) Of(PtxInstruction by, string name, string type)
    {
        bool isFloat = type[0] == 'f';
        return name switch
        {
            "eq" => (typeof(IsEqual<>), false, false),
            "ne" => isFloat ? (typeof(IsOrderedUnequal<>), false, false) : (typeof(IsEqual<>), false, true),
            "lt" or "lo" => (typeof(IsLess<>), false, false),
            "le" or "ls" => (typeof(IsLessOrEqual<>), false, false),
            "gt" or "hi" => (typeof(IsLess<>), true, false),
            "ge" or "hs" => (typeof(IsLessOrEqual<>), true, false),
            "equ" => (typeof(IsOrderedUnequal<>), false, true),
            "neu" => (typeof(IsEqual<>), false, true),
            "ltu" => (typeof(IsLessOrEqual<>), true, true),
            "leu" => (typeof(IsLess<>), true, true),
            "gtu" => (typeof(IsLessOrEqual<>), false, true),
            "geu" => (typeof(IsLess<>), false, true),
            "num" => (typeof(AreNumbers<>), false, false),
            "nan" => (typeof(AreNumbers<>), false, true),
            _ => throw by.Unsupported($"no comparison '{name}'"),
        };
    }

    private static WarpInstruction SelectBySign(PtxInstruction by, OperandSlots slots)
    {
        string condition = by.Modifiers[^1];
        string type = by.Modifiers.First(m => Cuda.Ptx.PtxTypes.SizeOf(m) > 0);
        Type element = Factory.UnsignedOf(type);
        Type sign = Factory.TypeOf(condition);
        return Factory.Create(typeof(ScalarTernary<,,,,>),
            [element, element, sign, element, typeof(SelectBySign<,>).MakeGenericType(element, sign)],
            OperandSlots.Write(by, type), slots.Read(by, 1, type), slots.Read(by, 2, type), slots.Read(by, 3, condition));
    }

    private static PredicateLogic Logic(PtxInstruction by)
    {
        int target = OperandSlots.WritePredicate(by, OperandSlots.Operand(by, 0));
        (int a, bool negateA) = OperandSlots.ReadPredicate(by, OperandSlots.Operand(by, 1));
        if (by.Opcode is "mov" or "not")
            return new(BooleanJoin.None, target, a, negateA ^ (by.Opcode == "not"), a, false);
        (int b, bool negateB) = OperandSlots.ReadPredicate(by, OperandSlots.Operand(by, 2));
        BooleanJoin join = by.Opcode switch { "and" => BooleanJoin.And, "or" => BooleanJoin.Or, _ => BooleanJoin.Xor };
        return new(join, target, a, negateA, b, negateB);
    }
}
