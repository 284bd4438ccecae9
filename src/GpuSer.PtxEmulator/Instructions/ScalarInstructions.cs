using System.Runtime.CompilerServices;
using GpuSer.PtxEmulator.Execution;

namespace GpuSer.PtxEmulator.Instructions;

internal sealed unsafe class ScalarUnary<TA, TResult, TOperation>(int target, int a) : WarpInstruction
    where TA : unmanaged
    where TResult : unmanaged
    where TOperation : struct, IScalarUnary<TA, TResult>
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Execute(Warp warp)
    {
        TA* source = warp.At<TA>(a);
        TResult* result = warp.At<TResult>(target);
        for (uint rest = warp.Active; rest != 0; rest &= rest - 1)
        {
            int lane = Lanes.First(rest);
            result[lane] = TOperation.Invoke(source[lane]);
        }
    }
}

internal sealed unsafe class ScalarBinary<TA, TB, TResult, TOperation>(int target, int a, int b) : WarpInstruction
    where TA : unmanaged
    where TB : unmanaged
    where TResult : unmanaged
    where TOperation : struct, IScalarBinary<TA, TB, TResult>
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Execute(Warp warp)
    {
        TA* left = warp.At<TA>(a);
        TB* right = warp.At<TB>(b);
        TResult* result = warp.At<TResult>(target);
        for (uint rest = warp.Active; rest != 0; rest &= rest - 1)
        {
            int lane = Lanes.First(rest);
            result[lane] = TOperation.Invoke(left[lane], right[lane]);
        }
    }
}

internal sealed unsafe class ScalarTernary<TA, TB, TC, TResult, TOperation>(int target, int a, int b, int c) : WarpInstruction
    where TA : unmanaged
    where TB : unmanaged
    where TC : unmanaged
    where TResult : unmanaged
    where TOperation : struct, IScalarTernary<TA, TB, TC, TResult>
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Execute(Warp warp)
    {
        TA* first = warp.At<TA>(a);
        TB* second = warp.At<TB>(b);
        TC* third = warp.At<TC>(c);
        TResult* result = warp.At<TResult>(target);
        for (uint rest = warp.Active; rest != 0; rest &= rest - 1)
        {
            int lane = Lanes.First(rest);
            result[lane] = TOperation.Invoke(first[lane], second[lane], third[lane]);
        }
    }
}
