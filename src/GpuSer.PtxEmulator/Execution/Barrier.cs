using System.Numerics;

namespace GpuSer.PtxEmulator.Execution;

/// <summary>Lanes of a warp that wait at a barrier.</summary>
internal sealed record BarrierWait(Barrier Barrier, int Id, uint Expected, uint Lanes, int Counter);

/// <summary>What a barrier does besides waiting.</summary>
internal enum BarrierKind
{
    Sync,
    Arrive,
    CountTrue,
    AllTrue,
    AnyTrue,
}

/// <summary><c>bar.sync</c>, <c>bar.arrive</c>, <c>bar.red</c> and their <c>barrier</c> spellings.</summary>
internal sealed unsafe class Barrier(BarrierKind kind, int guard, bool guardNegated, int id, int? threads) : BlockEnd
{
    private readonly uint _flip = guardNegated ? Lanes.All : 0;

    /// <summary>Offset of a reduction's result, or its predicate.</summary>
    public int Result { get; init; }

    /// <summary>A reduction's input.</summary>
    public int Input { get; init; }

    public bool InputNegated { get; init; }

    public BarrierKind Kind => kind;

    public override int Step(Warp warp, int counter)
    {
        uint arriving = warp.Active & (warp.Predicates[guard] ^ _flip);
        if (arriving == 0)
            return counter + 1;
        warp.Counters.Barriers++;
        int lane = Lanes.First(arriving);
        uint barrier = warp.At<uint>(id)[lane];
        uint expected = threads is int count ? warp.At<uint>(count)[lane] : 0;
        if (barrier > 15 || expected % Lanes.Count != 0)
        {
            throw warp.Block.Fault(warp, arriving, PtxFault.IllegalInstruction, Line,
                $"barrier {barrier} for {expected} threads: barriers are 0 to 15, thread counts multiples of 32");
        }

        if (kind == BarrierKind.Arrive)
        {
            warp.Block.Arrive((int)barrier, arriving);
            return counter + 1;
        }

        warp.Waiting.Add(new(this, (int)barrier, expected, arriving, counter));
        warp.Resume(warp.Active & ~arriving, counter + 1);
        return Nowhere;
    }

    /// <summary>Lanes among those waiting whose input predicate is true.</summary>
    public uint TrueLanes(Warp warp, uint lanes) => lanes & (warp.Predicates[Input] ^ (InputNegated ? Lanes.All : 0));

    /// <summary>Gives waiting lanes a reduction's result.</summary>
    public void Complete(Warp warp, uint lanes, int trueThreads, int allThreads)
    {
        switch (kind)
        {
            case BarrierKind.CountTrue:
                uint* result = warp.At<uint>(Result);
                for (uint rest = lanes; rest != 0; rest &= rest - 1)
                    result[BitOperations.TrailingZeroCount(rest)] = (uint)trueThreads;
                break;
            case BarrierKind.AllTrue or BarrierKind.AnyTrue:
                bool value = kind == BarrierKind.AllTrue ? trueThreads == allThreads : trueThreads > 0;
                warp.Predicates[Result] = value ? warp.Predicates[Result] | lanes : warp.Predicates[Result] & ~lanes;
                break;
        }
    }
}
