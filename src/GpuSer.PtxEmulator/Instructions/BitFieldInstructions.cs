using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using GpuSer.PtxEmulator.Execution;

namespace GpuSer.PtxEmulator.Instructions;

/// <summary><c>bfi</c>: the low bits of a placed into b.</summary>
internal sealed unsafe class InsertBits<T>(int target, int a, int b, int start, int length) : WarpInstruction
    where T : unmanaged, IBinaryInteger<T>
{
    public override void Execute(Warp warp)
    {
        T* source = warp.At<T>(a);
        T* into = warp.At<T>(b);
        uint* starts = warp.At<uint>(start);
        uint* lengths = warp.At<uint>(length);
        T* result = warp.At<T>(target);
        int bits = 8 * sizeof(T);
        for (uint rest = warp.Active; rest != 0; rest &= rest - 1)
        {
            int lane = Lanes.First(rest);
            int position = (int)(starts[lane] & 0xFF);
            int count = (int)(lengths[lane] & 0xFF);
            if (count == 0 || position >= bits)
            {
                result[lane] = into[lane];
                continue;
            }

            T field = (count >= bits ? T.AllBitsSet : (T.One << count) - T.One) << position;
            result[lane] = (into[lane] & ~field) | ((source[lane] << position) & field);
        }
    }
}

/// <summary><c>lop3.b32</c>: any function of three bits, by its truth table.</summary>
internal sealed unsafe class LookupLogic(int target, int a, int b, int c, byte table) : WarpInstruction
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Execute(Warp warp)
    {
        uint* first = warp.At<uint>(a);
        uint* second = warp.At<uint>(b);
        uint* third = warp.At<uint>(c);
        uint* result = warp.At<uint>(target);
        for (int lane = 0; lane < Lanes.Count; lane += 8)
        {
            Vector256<uint> x = Vector256.Load(first + lane);
            Vector256<uint> y = Vector256.Load(second + lane);
            Vector256<uint> z = Vector256.Load(third + lane);
            Vector256<uint> value = Vector256<uint>.Zero;
            for (int row = 0; row < 8; row++)
            {
                if ((table >> row & 1) != 0)
                    value |= ((row & 4) != 0 ? x : ~x) & ((row & 2) != 0 ? y : ~y) & ((row & 1) != 0 ? z : ~z);
            }

            Lanes.Store(result, warp.Active, lane, value);
        }
    }
}

/// <summary><c>prmt</c> in one of its special modes.</summary>
internal sealed unsafe class PermuteByMode(string mode, int target, int a, int b, int c) : WarpInstruction
{
    public override void Execute(Warp warp)
    {
        uint* first = warp.At<uint>(a);
        uint* second = warp.At<uint>(b);
        uint* third = warp.At<uint>(c);
        uint* result = warp.At<uint>(target);
        for (uint rest = warp.Active; rest != 0; rest &= rest - 1)
        {
            int lane = Lanes.First(rest);
            result[lane] = Permute.Invoke(first[lane], second[lane], SelectorOf(third[lane] & 3));
        }
    }

    private uint SelectorOf(uint shift) => mode switch
    {
        "f4e" => 0x3210 + (0x1111 * shift),
        "b4e" => shift switch { 0 => 0x5670u, 1 => 0x6701, 2 => 0x7012, _ => 0x0123 },
        "rc8" => 0x1111 * shift,
        "ecl" => shift switch { 0 => 0x3210u, 1 => 0x3211, 2 => 0x3222, _ => 0x3333 },
        "ecr" => shift switch { 0 => 0x0000u, 1 => 0x1110, 2 => 0x2210, _ => 0x3210 },
        _ => (shift & 1) == 0 ? 0x1010u : 0x3232,
    };
}

/// <summary>What <c>dp4a</c> multiplies: four bytes each, signed or not, and adds to c.</summary>
internal sealed unsafe class DotProductOfBytes(int target, int a, int b, int c, bool signedA, bool signedB) : WarpInstruction
{
    public override void Execute(Warp warp)
    {
        uint* first = warp.At<uint>(a);
        uint* second = warp.At<uint>(b);
        uint* third = warp.At<uint>(c);
        uint* result = warp.At<uint>(target);
        for (uint rest = warp.Active; rest != 0; rest &= rest - 1)
        {
            int lane = Lanes.First(rest);
            uint sum = third[lane];
            for (int shift = 0; shift < 32; shift += 8)
                sum += (uint)(Byte(first[lane] >> shift, signedA) * Byte(second[lane] >> shift, signedB));
            result[lane] = sum;
        }
    }

    private static int Byte(uint word, bool isSigned) => isSigned ? (sbyte)word : (byte)word;
}

/// <summary><c>testp</c>: the kind of a floating value.</summary>
internal sealed unsafe class TestProperty<T>(string property, int target, int a) : WarpInstruction
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    public override void Execute(Warp warp)
    {
        T* values = warp.At<T>(a);
        uint holds = 0;
        for (uint rest = warp.Active; rest != 0; rest &= rest - 1)
        {
            int lane = Lanes.First(rest);
            holds |= (Test(values[lane]) ? 1u : 0) << lane;
        }

        warp.Predicates[target] = (warp.Predicates[target] & ~warp.Active) | holds;
    }

    private bool Test(T value) => property switch
    {
        "finite" => T.IsFinite(value),
        "infinite" => T.IsInfinity(value),
        "number" => !T.IsNaN(value),
        "notanumber" => T.IsNaN(value),
        "normal" => T.IsNormal(value),
        _ => T.IsSubnormal(value),
    };
}

/// <summary><c>mov</c> that splits a register into parts, or joins parts into one.</summary>
internal sealed unsafe class SplitOrJoin(bool split, int whole, int wholeBytes, int[] parts) : WarpInstruction
{
    public override void Execute(Warp warp)
    {
        byte* one = warp.At(whole);
        int bytes = wholeBytes / parts.Length;
        for (uint rest = warp.Active; rest != 0; rest &= rest - 1)
        {
            int lane = Lanes.First(rest);
            for (int part = 0; part < parts.Length; part++)
            {
                if (parts[part] == int.MinValue)
                    continue; // a sink
                byte* at = warp.At(parts[part]) + (lane * bytes);
                byte* of = one + (lane * wholeBytes) + (part * bytes);
                if (split)
                    new Span<byte>(of, bytes).CopyTo(new(at, bytes));
                else
                    new Span<byte>(at, bytes).CopyTo(new(of, bytes));
            }
        }
    }
}

/// <summary><c>isspacep</c>: whether a generic address lies in a state space.</summary>
internal sealed unsafe class IsInSpace(Parsing.StateSpace space, int target, int a) : WarpInstruction
{
    public override void Execute(Warp warp)
    {
        ulong* addresses = warp.At<ulong>(a);
        uint inside = 0;
        for (uint rest = warp.Active; rest != 0; rest &= rest - 1)
        {
            int lane = Lanes.First(rest);
            inside |= (Parsing.AddressSpaces.SpaceOf(addresses[lane]) == space ? 1u : 0) << lane;
        }

        warp.Predicates[target] = (warp.Predicates[target] & ~warp.Active) | inside;
    }
}
