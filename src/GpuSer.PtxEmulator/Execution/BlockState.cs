using System.Numerics;
using System.Runtime.InteropServices;
using GpuSer.Cuda;
using GpuSer.PtxEmulator.Counters;
using GpuSer.PtxEmulator.Memory;

namespace GpuSer.PtxEmulator.Execution;

/// <summary>One worker's state for a launch: executes blocks one after another, the warps of a block in turns.</summary>
internal sealed unsafe class BlockState : IDisposable
{
    /// <summary>Basic blocks a warp executes before the next has its turn, so that warps may wait for one another.</summary>
    private const int Turn = 4096;

    private const int Barriers = 16;

    private readonly Warp[] _warps;
    private readonly int[] _arrived = new int[Barriers];
    private readonly byte* _slab;
    private readonly SpecialValues _specials;

    public BlockState(LaunchState launch)
    {
        Launch = launch;
        Code = launch.Code;
        Counters = new(Code.Blocks.Length);
        Shared = new(launch.SharedBytes, Counters, launch.Options.DetectRaces);
        Global = new(launch.Map, Counters, Code.Layout.MemoryInstructions);

        int warps = (launch.Threads + Lanes.Count - 1) / Lanes.Count;
        nuint registers = (nuint)AlignUp(Code.Layout.RegisterBytes);
        nuint predicates = (nuint)AlignUp(Code.Layout.Predicates * sizeof(uint));
        nuint frame = (nuint)AlignUp(Code.Layout.FrameBytes * Lanes.Count);
        nuint constants = (nuint)AlignUp(Code.Constants.Bytes);
        nuint scratch = Lanes.Count * sizeof(ulong);
        nuint perWarp = registers + predicates + frame;
        nuint total = scratch + constants + (perWarp * (nuint)warps);
        _slab = (byte*)NativeMemory.AlignedAlloc(total, 64);
        NativeMemory.Clear(_slab, total);
        Addresses = (ulong*)_slab;
        byte* constantsEnd = _slab + scratch + constants;
        _warps = new Warp[warps];
        for (int w = 0; w < warps; w++)
        {
            byte* start = constantsEnd + (perWarp * (nuint)w);
            _warps[w] = new(this, w)
            {
                Registers = start,
                Predicates = (uint*)(start + registers),
                Frame = start + registers + predicates,
                Constants = constantsEnd,
            };
        }

        _specials = new(launch, constantsEnd, _warps);
        _specials.SetUp();
    }

    public LaunchState Launch { get; }

    public KernelCode Code { get; }

    public WorkerCounters Counters { get; }

    public SharedMemory Shared { get; }

    public GlobalMemory Global { get; }

    /// <summary>Scratch for the addresses of a warp's lanes.</summary>
    public ulong* Addresses { get; }

    /// <summary>Index of the block in the grid.</summary>
    public Dim3 Index { get; private set; }

    /// <summary>Executes one block, given by its linear index with x fastest.</summary>
    public void Run(long linear)
    {
        Dim3 grid = Launch.Grid;
        Index = new((int)(linear % grid.X), (int)(linear / grid.X % grid.Y), (int)(linear / grid.X / grid.Y));
        _specials.SetBlock(Index);
        Shared.Reset();
        Array.Clear(_arrived);
        for (int w = 0; w < _warps.Length; w++)
        {
            int threads = Math.Min(Lanes.Count, Launch.Threads - (w * Lanes.Count));
            _warps[w].Start(threads == Lanes.Count ? Lanes.All : (1u << threads) - 1);
        }

        long steps = 0;
        while (true)
        {
            bool anyRan = false;
            foreach (Warp warp in _warps)
            {
                if (!warp.CanRun)
                    continue;
                steps += warp.Run(Code.Blocks, Turn);
                anyRan = true;
                if (steps > Launch.Options.StepLimit * _warps.Length)
                    throw Fault(warp, warp.Live, PtxFault.StepLimit, LineOf(warp.Counter), $"a block ran {steps} basic blocks and goes on");
            }

            if (!anyRan && !Release())
                return;
        }
    }

    /// <summary>Notes threads that arrive at a barrier without waiting.</summary>
    public void Arrive(int barrier, uint lanes) => _arrived[barrier] += BitOperations.PopCount(lanes);

    public int LineOf(int counter) => Code.Blocks[Math.Min(counter, Code.Blocks.Length - 1)].Line;

    /// <summary>The index of a thread in the block, from its linear one.</summary>
    public Dim3 ThreadIndex(int linear)
    {
        Dim3 block = Launch.Block;
        return new(linear % block.X, linear / block.X % block.Y, linear / block.X / block.Y);
    }

    public string ThreadOf(int linear)
    {
        Dim3 thread = ThreadIndex(linear);
        return $"({thread.X}, {thread.Y}, {thread.Z})";
    }

    public PtxFaultException Fault(Warp warp, uint lanes, PtxFault fault, int line, string detail)
    {
        int lane = lanes == 0 ? 0 : Lanes.First(lanes);
        return new(fault, Code.Name, line, Index, ThreadIndex((warp.Index * Lanes.Count) + lane), detail);
    }

    public void Dispose()
    {
        Shared.Dispose();
        NativeMemory.AlignedFree(_slab);
    }

    private static int AlignUp(int bytes) => (bytes + 63) & ~63;

    /// <summary>Opens a barrier that all its threads have met. False where no thread waits: the block is done.</summary>
    private bool Release()
    {
        (Warp Warp, BarrierWait Wait)[] waiting = [.. _warps.SelectMany(w => w.Waiting.Select(wait => (w, wait)))];
        if (waiting.Length == 0)
            return false;
        bool opened = false;
        foreach (var at in waiting.GroupBy(w => w.Wait.Id))
            opened |= TryOpen(at.Key, [.. at]);
        if (opened)
            return true;
        (Warp first, BarrierWait held) = waiting[0];
        int here = waiting.Where(w => w.Wait.Id == held.Id).Sum(w => BitOperations.PopCount(w.Wait.Lanes)) + _arrived[held.Id];
        uint expected = held.Expected == 0 ? (uint)Launch.Threads : held.Expected;
        throw Fault(first, held.Lanes, PtxFault.BarrierDivergence, held.Barrier.Line,
            $"barrier {held.Id} is met by {here} of {expected} threads; the others have exited or wait elsewhere");
    }

    private bool TryOpen(int id, (Warp Warp, BarrierWait Wait)[] waiting)
    {
        BarrierWait first = waiting[0].Wait;
        int here = waiting.Sum(w => BitOperations.PopCount(w.Wait.Lanes));
        int expected = first.Expected == 0 ? Launch.Threads : (int)first.Expected;
        if (here + _arrived[id] != expected)
            return false;
        foreach ((Warp warp, BarrierWait wait) in waiting)
        {
            if (wait.Counter != first.Counter && first.Expected == 0)
            {
                throw Fault(warp, wait.Lanes, PtxFault.BarrierDivergence, wait.Barrier.Line,
                    $"barrier {id} is met here by one part of the block and at PTX line {first.Barrier.Line} by another");
            }
        }

        int trueThreads = waiting.Sum(w => BitOperations.PopCount(w.Wait.Barrier.TrueLanes(w.Warp, w.Wait.Lanes)));
        foreach ((Warp warp, BarrierWait wait) in waiting)
        {
            wait.Barrier.Complete(warp, wait.Lanes, trueThreads, here);
            warp.Waiting.Remove(wait);
            warp.Resume(wait.Lanes, wait.Counter + 1);
        }

        _arrived[id] = 0;
        Shared.Synchronize();
        return true;
    }
}
