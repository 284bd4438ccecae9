using System.Numerics;
using System.Runtime.Intrinsics;

namespace GpuSer.PtxEmulator.Instructions;

// PTX ISA, "Integer Arithmetic Instructions" and "Logic and Shift Instructions".

internal readonly struct Add<T> : IVectorBinary<T>, IScalarBinary<T, T, T>
    where T : unmanaged, IAdditionOperators<T, T, T>
{
    public static Vector256<T> Invoke(Vector256<T> a, Vector256<T> b) => a + b;

    public static T Invoke(T a, T b) => unchecked(a + b);
}

internal readonly struct Subtract<T> : IVectorBinary<T>
    where T : unmanaged
{
    public static Vector256<T> Invoke(Vector256<T> a, Vector256<T> b) => a - b;
}

internal readonly struct Multiply<T> : IVectorBinary<T>
    where T : unmanaged
{
    public static Vector256<T> Invoke(Vector256<T> a, Vector256<T> b) => a * b;
}

internal readonly struct MultiplyAdd<T> : IVectorTernary<T>
    where T : unmanaged
{
    public static Vector256<T> Invoke(Vector256<T> a, Vector256<T> b, Vector256<T> c) => (a * b) + c;
}

internal readonly struct Minimum<T> : IVectorBinary<T>, IScalarBinary<T, T, T>
    where T : unmanaged, INumber<T>
{
    public static Vector256<T> Invoke(Vector256<T> a, Vector256<T> b) => Vector256.Min(a, b);

    public static T Invoke(T a, T b) => T.Min(a, b);
}

internal readonly struct Maximum<T> : IVectorBinary<T>, IScalarBinary<T, T, T>
    where T : unmanaged, INumber<T>
{
    public static Vector256<T> Invoke(Vector256<T> a, Vector256<T> b) => Vector256.Max(a, b);

    public static T Invoke(T a, T b) => T.Max(a, b);
}

internal readonly struct Negate<T> : IVectorUnary<T>
    where T : unmanaged
{
    public static Vector256<T> Invoke(Vector256<T> a) => Vector256<T>.Zero - a;
}

internal readonly struct Absolute<T> : IVectorUnary<T>
    where T : unmanaged
{
    public static Vector256<T> Invoke(Vector256<T> a) => Vector256.ConditionalSelect(
        Vector256.LessThan(a, Vector256<T>.Zero), Vector256<T>.Zero - a, a);
}

internal readonly struct And<T> : IVectorBinary<T>, IScalarBinary<T, T, T>
    where T : unmanaged, IBitwiseOperators<T, T, T>
{
    public static Vector256<T> Invoke(Vector256<T> a, Vector256<T> b) => a & b;

    public static T Invoke(T a, T b) => a & b;
}

internal readonly struct Or<T> : IVectorBinary<T>, IScalarBinary<T, T, T>
    where T : unmanaged, IBitwiseOperators<T, T, T>
{
    public static Vector256<T> Invoke(Vector256<T> a, Vector256<T> b) => a | b;

    public static T Invoke(T a, T b) => a | b;
}

internal readonly struct Xor<T> : IVectorBinary<T>, IScalarBinary<T, T, T>
    where T : unmanaged, IBitwiseOperators<T, T, T>
{
    public static Vector256<T> Invoke(Vector256<T> a, Vector256<T> b) => a ^ b;

    public static T Invoke(T a, T b) => a ^ b;
}

internal readonly struct Not<T> : IVectorUnary<T>
    where T : unmanaged
{
    public static Vector256<T> Invoke(Vector256<T> a) => ~a;
}

/// <summary><c>cnot</c>: 1 for zero, else 0.</summary>
internal readonly struct LogicalNot<T> : IScalarUnary<T, T>
    where T : unmanaged, IBinaryInteger<T>
{
    public static T Invoke(T a) => T.IsZero(a) ? T.One : T.Zero;
}

internal readonly struct Copy<T> : IVectorUnary<T>
    where T : unmanaged
{
    public static Vector256<T> Invoke(Vector256<T> a) => a;
}

/// <summary>Division by zero gives all ones, as the device does; PTX leaves it open.</summary>
internal readonly struct Divide<T> : IScalarBinary<T, T, T>
    where T : unmanaged, IBinaryInteger<T>
{
    public static T Invoke(T a, T b) =>
        T.IsZero(b) ? T.AllBitsSet : T.IsNegative(b) && T.IsZero(b + T.One) ? T.Zero - a : a / b;
}

internal readonly struct Remainder<T> : IScalarBinary<T, T, T>
    where T : unmanaged, IBinaryInteger<T>
{
    public static T Invoke(T a, T b) =>
        T.IsZero(b) ? a : T.IsNegative(b) && T.IsZero(b + T.One) ? T.Zero : a % b;
}

internal readonly struct AddSaturated : IScalarBinary<int, int, int>
{
    public static int Invoke(int a, int b) => (int)Math.Clamp((long)a + b, int.MinValue, int.MaxValue);
}

internal readonly struct SubtractSaturated : IScalarBinary<int, int, int>
{
    public static int Invoke(int a, int b) => (int)Math.Clamp((long)a - b, int.MinValue, int.MaxValue);
}

/// <summary><c>sad</c>: |a - b| + c.</summary>
internal readonly struct SumOfAbsoluteDifferences<T> : IScalarTernary<T, T, T, T>
    where T : unmanaged, IBinaryInteger<T>
{
    public static T Invoke(T a, T b, T c) => unchecked(c + (a < b ? b - a : a - b));
}
