using GpuSer.Cuda.Ptx;
using GpuSer.PtxEmulator.Execution;
using GpuSer.PtxEmulator.Instructions;
using GpuSer.PtxEmulator.Parsing;

namespace GpuSer.PtxEmulator.Decoding;

/// <summary>Decodes <c>mov</c>, <c>cvt</c>, <c>cvta</c> and <c>isspacep</c>.</summary>
internal static class ConversionDecoder
{
    public static WarpInstruction? Decode(PtxInstruction by, OperandSlots slots) => by.Opcode switch
    {
        "mov" => Move(by, slots),
        "cvt" => Convert(by, slots),
        "cvta" => ConvertAddress(by, slots),
        "isspacep" => new IsInSpace(SpaceOf(by),
            OperandSlots.WritePredicate(by, OperandSlots.Operand(by, 0)), slots.Read(by, 1, "u64")),
        _ => null,
    };

    private static WarpInstruction Move(PtxInstruction by, OperandSlots slots)
    {
        string type = by.Type;
        Operand target = OperandSlots.Operand(by, 0);
        Operand source = OperandSlots.Operand(by, 1);
        int bytes = PtxTypes.SizeOf(type);
        if (target is VectorOperand parts)
            return new SplitOrJoin(true, slots.Read(by, source, type), bytes, Parts(by, parts, bytes, e => OperandSlots.Write(by, e, bytes / parts.Elements.Count)));
        if (source is VectorOperand joined)
        {
            string part = "b" + (8 * bytes / joined.Elements.Count).ToString(System.Globalization.CultureInfo.InvariantCulture);
            return new SplitOrJoin(false, OperandSlots.Write(by, type), bytes, Parts(by, joined, bytes, e => slots.Read(by, e, part)));
        }

        if (source is SpecialOperand special && SpecialRegisters.IsClock(special.Name))
        {
            int shift = special.Name.EndsWith("_hi", StringComparison.Ordinal) ? 32 : 0;
            return Factory.Create(typeof(ReadClock<>), [Factory.UnsignedOf(type)], OperandSlots.Write(by, type), shift);
        }

        Type element = Factory.UnsignedOf(type);
        return Factory.Create(typeof(VectorUnary<,>), [element, typeof(Copy<>).MakeGenericType(element)],
            OperandSlots.Write(by, type), slots.Read(by, source, type));
    }

    private static int[] Parts(PtxInstruction by, VectorOperand vector, int bytes, Func<Operand, int> place)
    {
        if (bytes / vector.Elements.Count < 2)
            throw by.Unsupported("parts of less than 16 bits");
        return [.. vector.Elements.Select(e => e is SinkOperand ? int.MinValue : place(e))];
    }

    private static WarpInstruction Convert(PtxInstruction by, OperandSlots slots)
    {
        string to = by.Modifiers[^2];
        string from = by.Modifiers[^1];
        bool saturate = by.Has("sat");
        Operand target = OperandSlots.Operand(by, 0);
        Operand source = OperandSlots.Operand(by, 1);
        string wideFrom = WidthOf(source, from);
        string wideTo = WidthOf(target, to);
        int result = OperandSlots.Write(by, target, PtxTypes.SizeOf(wideTo));
        int a = slots.Read(by, source, wideFrom);
        bool fromFloat = IsFloat(by, from);
        bool toFloat = IsFloat(by, to);
        Rounding? rounding = RoundingOf(by, "");
        Rounding? integral = RoundingOf(by, "i");
        if (!fromFloat && !toFloat)
        {
            bool plain = !saturate && wideFrom == from && wideTo == to;
            if (plain && PtxTypes.SizeOf(from) == 4 && PtxTypes.SizeOf(to) == 8)
                return Factory.Create(typeof(Widen<>), [Factory.TypeOf(from)], result, a);
            if (plain && PtxTypes.SizeOf(from) == 8 && PtxTypes.SizeOf(to) == 4)
                return new Narrow(result, a);
            return Factory.Create(typeof(IntegerToInteger<,,,>),
                [Factory.TypeOf(from), Factory.TypeOf(wideFrom), Factory.TypeOf(to), Factory.TypeOf(wideTo)], result, a, saturate);
        }

        if (!fromFloat)
        {
            if (from == "s32" && to == "f32" && rounding is null or Rounding.Nearest && !saturate && wideFrom == from)
                return new SignedToSingle(result, a);
            return Factory.Create(typeof(IntegerToFloat<,,>), [Factory.TypeOf(from), Factory.TypeOf(wideFrom), Factory.TypeOf(to)],
                result, a, rounding ?? Rounding.Nearest, saturate);
        }

        if (!toFloat)
        {
            return Factory.Create(typeof(FloatToInteger<,,>), [Factory.TypeOf(from), Factory.TypeOf(to), Factory.TypeOf(wideTo)],
                result, a, integral ?? throw by.Unsupported("a rounding to a whole number is missing"), by.Has("ftz"));
        }

        return Factory.Create(typeof(FloatToFloat<,>), [Factory.TypeOf(from), Factory.TypeOf(to)],
            result, a, integral, rounding ?? Rounding.Nearest, by.Has("ftz"), saturate);
    }

    private static bool IsFloat(PtxInstruction by, string type) => type switch
    {
        "f16" or "f32" or "f64" => true,
        "bf16" or "f16x2" or "bf16x2" => throw by.Unsupported(),
        _ => false,
    };

    /// <summary>The type as wide as the register: a register may be wider than the value converted.</summary>
    private static string WidthOf(Operand operand, string type)
    {
        if (operand is not RegisterOperand register || type[0] is 'f' || register.Register.Bytes == PtxTypes.SizeOf(type))
            return type;
        return type[0] + (8 * register.Register.Bytes).ToString(System.Globalization.CultureInfo.InvariantCulture);
    }

    private static Rounding? RoundingOf(PtxInstruction by, string suffix)
    {
        if (by.Has("rn" + suffix))
            return Rounding.Nearest;
        if (by.Has("rz" + suffix))
            return Rounding.Zero;
        return by.Has("rm" + suffix) ? Rounding.Down : by.Has("rp" + suffix) ? Rounding.Up : null;
    }

    private static WarpInstruction ConvertAddress(PtxInstruction by, OperandSlots slots)
    {
        ulong window = AddressSpaces.WindowOf(SpaceOf(by));
        if (by.Has("to"))
            window = 0 - window;
        string type = by.Type;
        if (PtxTypes.SizeOf(type) != 8)
            throw by.Unsupported("addresses have 64 bits");
        return Factory.Create(typeof(VectorBinary<,>), [typeof(ulong), typeof(Add<ulong>)],
            OperandSlots.Write(by, type), slots.Read(by, 1, type), slots.Constant(8, window));
    }

    private static StateSpace SpaceOf(PtxInstruction by) =>
        by.Modifiers.Select(MemoryDecoder.SpaceNamed).FirstOrDefault(s => s is not null) ?? StateSpace.Generic;
}
