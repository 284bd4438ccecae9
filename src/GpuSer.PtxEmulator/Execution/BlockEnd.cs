namespace GpuSer.PtxEmulator.Execution;

/// <summary>What ends a basic block and decides where its lanes go.</summary>
internal abstract class BlockEnd : WarpInstruction
{
    /// <summary>Nowhere for the active lanes now: they have exited, wait, or were sent to several places.</summary>
    public const int Nowhere = -1;

    /// <summary>The basic block where all active lanes continue, or <see cref="Nowhere"/>.</summary>
    public abstract int Step(Warp warp, int counter);

    public override void Execute(Warp warp) => throw new InvalidOperationException("a block's end is stepped, not executed");
}

/// <summary>Goes on with the next block.</summary>
internal sealed class FallThrough : BlockEnd
{
    public override int Step(Warp warp, int counter) => counter + 1;
}

/// <summary><c>bra target</c>.</summary>
internal sealed class Jump(int target) : BlockEnd
{
    public override int Step(Warp warp, int counter) => target;
}

/// <summary><c>@p bra target</c>.</summary>
internal sealed unsafe class Branch(int predicate, bool negated, int target) : BlockEnd
{
    private readonly uint _flip = negated ? Lanes.All : 0;

    public override int Step(Warp warp, int counter)
    {
        uint taken = warp.Active & (warp.Predicates[predicate] ^ _flip);
        warp.Counters.Branches++;
        if (taken == warp.Active)
            return target;
        if (taken == 0)
            return counter + 1;
        warp.Counters.DivergentBranches++;
        warp.Resume(taken, target);
        warp.Resume(warp.Active & ~taken, counter + 1);
        return Nowhere;
    }
}

/// <summary><c>brx.idx</c>: each lane picks its target from a table.</summary>
internal sealed unsafe class IndexedBranch(int predicate, bool negated, int index, int[] targets) : BlockEnd
{
    private readonly uint _flip = negated ? Lanes.All : 0;

    public override int Step(Warp warp, int counter)
    {
        uint rest = warp.Active & (warp.Predicates[predicate] ^ _flip);
        uint notTaken = warp.Active & ~rest;
        uint* chosen = warp.At<uint>(index);
        int places = notTaken == 0 ? 0 : 1;
        warp.Counters.Branches++;
        warp.Resume(notTaken, counter + 1);
        while (rest != 0)
        {
            uint choice = chosen[Lanes.First(rest)];
            if (choice >= targets.Length)
            {
                throw warp.Block.Fault(warp, rest, PtxFault.IllegalInstruction, Line,
                    $"branch index {choice} is outside a table of {targets.Length} targets");
            }

            uint same = 0;
            for (uint lanes = rest; lanes != 0; lanes &= lanes - 1)
            {
                int lane = Lanes.First(lanes);
                if (chosen[lane] == choice)
                    same |= 1u << lane;
            }

            warp.Resume(same, targets[choice]);
            rest &= ~same;
            places++;
        }

        if (places > 1)
            warp.Counters.DivergentBranches++;
        return Nowhere;
    }
}

/// <summary><c>exit</c>, and <c>ret</c> of the entry point.</summary>
internal sealed unsafe class ExitEnd(int predicate, bool negated) : BlockEnd
{
    private readonly uint _flip = negated ? Lanes.All : 0;

    public override int Step(Warp warp, int counter)
    {
        uint leaving = warp.Active & (warp.Predicates[predicate] ^ _flip);
        warp.Exit(leaving);
        warp.Resume(warp.Active & ~leaving, counter + 1);
        return Nowhere;
    }
}

/// <summary><c>trap</c>: the kernel gives up.</summary>
internal sealed unsafe class Trap(int predicate, bool negated) : BlockEnd
{
    private readonly uint _flip = negated ? Lanes.All : 0;

    public override int Step(Warp warp, int counter)
    {
        uint trapped = warp.Active & (warp.Predicates[predicate] ^ _flip);
        if (trapped != 0)
            throw warp.Block.Fault(warp, trapped, PtxFault.Trap, Line, "the kernel executed trap");
        return counter + 1;
    }
}
