using System.Numerics;
using GpuSer.PtxEmulator.Execution;

namespace GpuSer.PtxEmulator.Instructions;

/// <summary><c>add.cc</c>, <c>addc</c>, <c>sub.cc</c>, <c>subc</c>: sums of many words, by the carry flag.</summary>
internal sealed unsafe class CarryArithmetic<T>(bool subtract, bool readCarry, bool writeCarry, int target, int a, int b) : WarpInstruction
    where T : unmanaged, IBinaryInteger<T>, IUnsignedNumber<T>
{
    public override void Execute(Warp warp)
    {
        T* left = warp.At<T>(a);
        T* right = warp.At<T>(b);
        T* result = warp.At<T>(target);
        uint carryIn = readCarry ? warp.Predicates[Decoding.PredicateSlots.Carry] : 0;
        uint carryOut = 0;
        for (uint rest = warp.Active; rest != 0; rest &= rest - 1)
        {
            int lane = Lanes.First(rest);
            UInt128 carry = carryIn >> lane & 1;
            UInt128 x = UInt128.CreateTruncating(left[lane]);
            UInt128 y = UInt128.CreateTruncating(right[lane]);
            UInt128 exact = unchecked(subtract ? x - y - carry : x + y + carry);
            result[lane] = T.CreateTruncating(exact);
            if (!UInt128.IsEvenInteger(exact >> (8 * sizeof(T))))
                carryOut |= 1u << lane;
        }

        ref uint flag = ref warp.Predicates[Decoding.PredicateSlots.Carry];
        if (writeCarry)
            flag = (flag & ~warp.Active) | carryOut;
    }
}

/// <summary><c>mad.cc</c> and <c>madc</c>: one half of a product added to a sum of many words.</summary>
internal sealed unsafe class CarryMultiplyAdd<T>(bool high, bool readCarry, bool writeCarry, int target, int a, int b, int c) : WarpInstruction
    where T : unmanaged, IBinaryInteger<T>
{
    public override void Execute(Warp warp)
    {
        T* left = warp.At<T>(a);
        T* right = warp.At<T>(b);
        T* added = warp.At<T>(c);
        T* result = warp.At<T>(target);
        int bits = 8 * sizeof(T);
        UInt128 word = (UInt128.One << bits) - 1;
        uint carryIn = readCarry ? warp.Predicates[Decoding.PredicateSlots.Carry] : 0;
        uint carryOut = 0;
        for (uint rest = warp.Active; rest != 0; rest &= rest - 1)
        {
            int lane = Lanes.First(rest);
            T part = high ? MultiplyHigh<T>.Invoke(left[lane], right[lane]) : unchecked(left[lane] * right[lane]);
            UInt128 exact = (UInt128.CreateTruncating(part) & word) + (UInt128.CreateTruncating(added[lane]) & word) + (carryIn >> lane & 1);
            result[lane] = T.CreateTruncating(exact);
            carryOut |= (uint)(exact >> bits) << lane;
        }

        ref uint flag = ref warp.Predicates[Decoding.PredicateSlots.Carry];
        if (writeCarry)
            flag = (flag & ~warp.Active) | carryOut;
    }
}
