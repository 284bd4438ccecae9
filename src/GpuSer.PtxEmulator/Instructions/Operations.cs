using System.Runtime.Intrinsics;

namespace GpuSer.PtxEmulator.Instructions;

/// <summary>An operation on all lanes of a vector at once.</summary>
internal interface IVectorUnary<T>
{
    static abstract Vector256<T> Invoke(Vector256<T> a);
}

/// <inheritdoc cref="IVectorUnary{T}"/>
internal interface IVectorBinary<T>
{
    static abstract Vector256<T> Invoke(Vector256<T> a, Vector256<T> b);
}

/// <inheritdoc cref="IVectorUnary{T}"/>
internal interface IVectorTernary<T>
{
    static abstract Vector256<T> Invoke(Vector256<T> a, Vector256<T> b, Vector256<T> c);
}

/// <summary>A shift of all lanes by one count.</summary>
internal interface IVectorShift<T>
{
    static abstract Vector256<T> Invoke(Vector256<T> a, int count);
}

/// <summary>An operation on one lane; total, so that lanes nobody asked for may hold anything.</summary>
internal interface IScalarUnary<TA, TResult>
{
    static abstract TResult Invoke(TA a);
}

/// <inheritdoc cref="IScalarUnary{TA, TResult}"/>
internal interface IScalarBinary<TA, TB, TResult>
{
    static abstract TResult Invoke(TA a, TB b);
}

/// <inheritdoc cref="IScalarUnary{TA, TResult}"/>
internal interface IScalarTernary<TA, TB, TC, TResult>
{
    static abstract TResult Invoke(TA a, TB b, TC c);
}
