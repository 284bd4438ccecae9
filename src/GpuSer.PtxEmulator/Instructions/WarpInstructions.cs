using System.Numerics;
using GpuSer.PtxEmulator.Execution;

namespace GpuSer.PtxEmulator.Instructions;

/// <summary>Where <c>shfl</c> takes a lane's value from.</summary>
internal enum ShuffleMode
{
    Up,
    Down,
    Butterfly,
    Index,
}

/// <summary><c>shfl.sync</c> (PTX ISA's reference code): values move between lanes of a segment.</summary>
internal sealed unsafe class Shuffle(ShuffleMode mode, int target, int? inRange, int source, int offset, int clamp) : WarpInstruction
{
    public override void Execute(Warp warp)
    {
        uint* from = warp.At<uint>(source);
        uint* by = warp.At<uint>(offset);
        uint* limits = warp.At<uint>(clamp);
        uint* result = warp.At<uint>(target);
        uint* old = stackalloc uint[Lanes.Count];
        new Span<uint>(from, Lanes.Count).CopyTo(new(old, Lanes.Count));
        uint valid = 0;
        for (uint rest = warp.Active; rest != 0; rest &= rest - 1)
        {
            int lane = Lanes.First(rest);
            int segment = (int)(limits[lane] >> 8) & 31;
            int limit = (int)limits[lane] & 31;
            int step = (int)by[lane] & 31;
            int maximum = (lane & segment) | (limit & ~segment);
            int minimum = lane & segment;
            int other = mode switch
            {
                ShuffleMode.Up => lane - step,
                ShuffleMode.Down => lane + step,
                ShuffleMode.Butterfly => lane ^ step,
                _ => minimum | (step & ~segment),
            };
            bool isInside = mode == ShuffleMode.Up ? other >= maximum : other <= maximum;
            valid |= (isInside ? 1u : 0) << lane;
            result[lane] = old[isInside ? other : lane];
        }

        if (inRange is int predicate)
            warp.Predicates[predicate] = (warp.Predicates[predicate] & ~warp.Active) | valid;
    }
}

/// <summary>What <c>vote</c> asks.</summary>
internal enum VoteMode
{
    All,
    Any,
    Uniform,
    Ballot,
}

/// <summary><c>vote.sync</c> among the lanes of the member mask.</summary>
internal sealed unsafe class Vote(VoteMode mode, int target, int predicate, bool negated, int members) : WarpInstruction
{
    public override void Execute(Warp warp)
    {
        uint asked = warp.At<uint>(members)[Lanes.First(warp.Active)] & warp.Active;
        uint votes = asked & (warp.Predicates[predicate] ^ (negated ? Lanes.All : 0));
        if (mode == VoteMode.Ballot)
        {
            uint* result = warp.At<uint>(target);
            for (uint rest = warp.Active; rest != 0; rest &= rest - 1)
                result[Lanes.First(rest)] = votes;
            return;
        }

        bool holds = mode switch
        {
            VoteMode.All => votes == asked,
            VoteMode.Any => votes != 0,
            _ => votes == asked || votes == 0,
        };
        uint cleared = warp.Predicates[target] & ~warp.Active;
        warp.Predicates[target] = holds ? cleared | warp.Active : cleared;
    }
}

/// <summary><c>match.any.sync</c> and <c>match.all.sync</c>: lanes that hold the same value.</summary>
internal sealed unsafe class Match<T>(bool all, int target, int? everyone, int source, int members) : WarpInstruction
    where T : unmanaged, IEquatable<T>
{
    public override void Execute(Warp warp)
    {
        T* values = warp.At<T>(source);
        uint* result = warp.At<uint>(target);
        uint asked = warp.At<uint>(members)[Lanes.First(warp.Active)] & warp.Active;
        uint* same = stackalloc uint[Lanes.Count];
        for (uint rest = asked; rest != 0; rest &= rest - 1)
        {
            int lane = Lanes.First(rest);
            same[lane] = 0;
            for (uint others = asked; others != 0; others &= others - 1)
            {
                int other = Lanes.First(others);
                same[lane] |= values[lane].Equals(values[other]) ? 1u << other : 0;
            }
        }

        bool agree = same[Lanes.First(asked)] == asked;
        for (uint rest = asked; rest != 0; rest &= rest - 1)
        {
            int lane = Lanes.First(rest);
            result[lane] = all ? (agree ? asked : 0) : same[lane];
        }

        if (everyone is int predicate)
            warp.Predicates[predicate] = (warp.Predicates[predicate] & ~asked) | (agree ? asked : 0);
    }
}

/// <summary><c>activemask</c>.</summary>
internal sealed unsafe class ActiveMask(int target) : WarpInstruction
{
    public override void Execute(Warp warp)
    {
        uint* result = warp.At<uint>(target);
        for (uint rest = warp.Active; rest != 0; rest &= rest - 1)
            result[Lanes.First(rest)] = warp.Active;
    }
}

/// <summary><c>bar.warp.sync</c>: the lanes it names are here already; memory order is that of the program.</summary>
internal sealed class WarpBarrier : WarpInstruction
{
    public override void Execute(Warp warp)
    {
        if (warp.Active == warp.Live)
            warp.SyncCount++;
    }
}

/// <summary>An instruction without effect here: fences (memory is in order), prefetches, <c>nanosleep</c>.</summary>
internal sealed class NoEffect : WarpInstruction
{
    public override void Execute(Warp warp)
    {
    }
}

/// <summary>Reads a clock: a count that grows with each read.</summary>
internal sealed unsafe class ReadClock<T>(int target, int shift) : WarpInstruction
    where T : unmanaged, INumberBase<T>
{
    public override void Execute(Warp warp)
    {
        T* result = warp.At<T>(target);
        T now = T.CreateTruncating(System.Diagnostics.Stopwatch.GetTimestamp() >> shift);
        for (uint rest = warp.Active; rest != 0; rest &= rest - 1)
            result[Lanes.First(rest)] = now;
    }
}
