using GpuSer.Cuda.Ptx;
using GpuSer.PtxEmulator.Execution;
using GpuSer.PtxEmulator.Instructions;
using GpuSer.PtxEmulator.Parsing;

namespace GpuSer.PtxEmulator.Decoding;

/// <summary>Decodes integer <c>mul</c> and <c>mad</c> with <c>.lo</c>, <c>.hi</c> or <c>.wide</c>, and their 24-bit forms.</summary>
internal static class MultiplyDecoder
{
    public static WarpInstruction Decode(PtxInstruction by, OperandSlots slots, string type)
    {
        bool add = by.Opcode.StartsWith("mad", StringComparison.Ordinal);
        if (by.Has("sat"))
            throw by.Unsupported();
        if (by.Opcode == "madc" || by.Has("cc"))
        {
            return Factory.Create(typeof(CarryMultiplyAdd<>), [Factory.TypeOf(type)], by.Has("hi"), by.Opcode == "madc", by.Has("cc"),
                OperandSlots.Write(by, type), slots.Read(by, 1, type), slots.Read(by, 2, type), slots.Read(by, 3, type));
        }

        if (by.Opcode.EndsWith("24", StringComparison.Ordinal))
        {
            if (!by.Has("lo"))
                throw by.Unsupported("24-bit products are supported with .lo only");
            return Scalar(by, slots, type, type, add, typeof(Multiply24<>), typeof(Multiply24Add<>));
        }

        if (by.Has("wide"))
            return Wide(by, slots, type, add);
        if (by.Has("hi"))
            return Scalar(by, slots, type, type, add, typeof(MultiplyHigh<>), typeof(MultiplyHighAdd<>));
        if (!by.Has("lo"))
            throw by.Unsupported("an integer product needs .lo, .hi or .wide");
        if (!add)
            return IntegerDecoder.VectorBinary(by, slots, typeof(Multiply<>), type);
        Type element = Factory.TypeOf(type);
        return Factory.Create(typeof(VectorTernary<,>), [element, typeof(MultiplyAdd<>).MakeGenericType(element)],
            OperandSlots.Write(by, type), slots.Read(by, 1, type), slots.Read(by, 2, type), slots.Read(by, 3, type));
    }

    private static WarpInstruction Wide(PtxInstruction by, OperandSlots slots, string type, bool add)
    {
        string wide = type[0] + (2 * 8 * PtxTypes.SizeOf(type)).ToString(System.Globalization.CultureInfo.InvariantCulture);
        if (!add && PtxTypes.SizeOf(type) == 4)
        {
            return Factory.Create(typeof(WideProduct<>), [Factory.TypeOf(type)],
                OperandSlots.Write(by, wide), slots.Read(by, 1, type), slots.Read(by, 2, type));
        }

        Type[] types = [Factory.TypeOf(type), Factory.TypeOf(wide)];
        return Scalar(by, slots, type, wide, add, typeof(MultiplyWide<,>).MakeGenericType(types), typeof(MultiplyWideAdd<,>).MakeGenericType(types));
    }

    private static WarpInstruction Scalar(PtxInstruction by, OperandSlots slots, string type, string result, bool add, Type product, Type sum)
    {
        Type element = Factory.TypeOf(type);
        Type of = Factory.TypeOf(result);
        int target = OperandSlots.Write(by, result);
        int a = slots.Read(by, 1, type);
        int b = slots.Read(by, 2, type);
        if (!add)
            return Factory.Create(typeof(ScalarBinary<,,,>), [element, element, of, Factory.Close(product, element)], target, a, b);
        return Factory.Create(typeof(ScalarTernary<,,,,>), [element, element, of, of, Factory.Close(sum, element)],
            target, a, b, slots.Read(by, 3, result));
    }
}
