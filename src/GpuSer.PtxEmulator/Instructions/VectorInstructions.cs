using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using GpuSer.PtxEmulator.Execution;

namespace GpuSer.PtxEmulator.Instructions;

internal sealed unsafe class VectorUnary<T, TOperation>(int target, int a) : WarpInstruction
    where T : unmanaged
    where TOperation : struct, IVectorUnary<T>
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Execute(Warp warp)
    {
        T* source = warp.At<T>(a);
        T* result = warp.At<T>(target);
        uint lanes = warp.Active;
        for (int lane = 0; lane < Lanes.Count; lane += Vector256<T>.Count)
            Lanes.Store(result, lanes, lane, TOperation.Invoke(Vector256.Load(source + lane)));
    }
}

internal sealed unsafe class VectorBinary<T, TOperation>(int target, int a, int b) : WarpInstruction
    where T : unmanaged
    where TOperation : struct, IVectorBinary<T>
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Execute(Warp warp)
    {
        T* left = warp.At<T>(a);
        T* right = warp.At<T>(b);
        T* result = warp.At<T>(target);
        uint lanes = warp.Active;
        if (lanes == Lanes.All)
        {
            for (int lane = 0; lane < Lanes.Count; lane += Vector256<T>.Count)
                TOperation.Invoke(Vector256.Load(left + lane), Vector256.Load(right + lane)).Store(result + lane);
            return;
        }

        for (int lane = 0; lane < Lanes.Count; lane += Vector256<T>.Count)
            Lanes.Store(result, lanes, lane, TOperation.Invoke(Vector256.Load(left + lane), Vector256.Load(right + lane)));
    }
}

internal sealed unsafe class VectorTernary<T, TOperation>(int target, int a, int b, int c) : WarpInstruction
    where T : unmanaged
    where TOperation : struct, IVectorTernary<T>
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Execute(Warp warp)
    {
        T* first = warp.At<T>(a);
        T* second = warp.At<T>(b);
        T* third = warp.At<T>(c);
        T* result = warp.At<T>(target);
        uint lanes = warp.Active;
        if (lanes == Lanes.All)
        {
            for (int lane = 0; lane < Lanes.Count; lane += Vector256<T>.Count)
            {
                TOperation.Invoke(Vector256.Load(first + lane), Vector256.Load(second + lane), Vector256.Load(third + lane))
                    .Store(result + lane);
            }

            return;
        }

        for (int lane = 0; lane < Lanes.Count; lane += Vector256<T>.Count)
        {
            Vector256<T> value = TOperation.Invoke(
                Vector256.Load(first + lane), Vector256.Load(second + lane), Vector256.Load(third + lane));
            Lanes.Store(result, lanes, lane, value);
        }
    }
}

internal sealed unsafe class VectorShift<T, TOperation>(int target, int a, int count) : WarpInstruction
    where T : unmanaged
    where TOperation : struct, IVectorShift<T>
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Execute(Warp warp)
    {
        T* source = warp.At<T>(a);
        T* result = warp.At<T>(target);
        uint lanes = warp.Active;
        for (int lane = 0; lane < Lanes.Count; lane += Vector256<T>.Count)
            Lanes.Store(result, lanes, lane, TOperation.Invoke(Vector256.Load(source + lane), count));
    }
}
