using GpuSer.PtxEmulator.Execution;
using GpuSer.PtxEmulator.Instructions;
using GpuSer.PtxEmulator.Parsing;

namespace GpuSer.PtxEmulator.Decoding;

/// <summary>Decodes what lanes do with one another: shuffles, votes, matches, warp barriers; and what has no effect here.</summary>
internal static class WarpDecoder
{
    public static WarpInstruction? Decode(PtxInstruction by, OperandSlots slots)
    {
        switch (by.Opcode)
        {
            case "shfl":
                return Shuffle(by, slots);
            case "vote":
                return Vote(by, slots);
            case "match":
                return Match(by, slots);
            case "activemask":
                return new ActiveMask(OperandSlots.Write(by, "b32"));
            case "bar" when by.Has("warp"):
                return new WarpBarrier();
            case "membar" or "fence" or "nanosleep" or "brkpt" or "pmevent":
                return new NoEffect();
            default:
                return null;
        }
    }

    /// <summary>The operand that names the lanes which must execute a warp-wide instruction together.</summary>
    public static Operand MembersOf(PtxInstruction by) => by.Operands[^1];

    private static Shuffle Shuffle(PtxInstruction by, OperandSlots slots)
    {
        if (!by.Has("sync"))
            throw by.Unsupported("only the .sync form exists from sm_70 on");
        Operand target = OperandSlots.Operand(by, 0);
        int? inRange = target is PairOperand pair ? OperandSlots.WritePredicate(by, pair.Second) : null;
        Operand value = target is PairOperand both ? both.First : target;
        ShuffleMode mode = by.Has("up") ? ShuffleMode.Up
            : by.Has("down") ? ShuffleMode.Down
            : by.Has("bfly") ? ShuffleMode.Butterfly
            : ShuffleMode.Index;
        return new(mode, OperandSlots.Write(by, value, 4), inRange, slots.Read(by, 1, "b32"), slots.Read(by, 2, "b32"), slots.Read(by, 3, "b32"));
    }

    private static Vote Vote(PtxInstruction by, OperandSlots slots)
    {
        if (!by.Has("sync"))
            throw by.Unsupported("only the .sync form exists from sm_70 on");
        VoteMode mode = by.Has("all") ? VoteMode.All : by.Has("any") ? VoteMode.Any : by.Has("uni") ? VoteMode.Uniform : VoteMode.Ballot;
        Operand target = OperandSlots.Operand(by, 0);
        int place = mode == VoteMode.Ballot ? OperandSlots.Write(by, target, 4) : OperandSlots.WritePredicate(by, target);
        (int predicate, bool negated) = OperandSlots.ReadPredicate(by, OperandSlots.Operand(by, 1));
        return new(mode, place, predicate, negated, slots.Read(by, 2, "b32"));
    }

    private static WarpInstruction Match(PtxInstruction by, OperandSlots slots)
    {
        Operand target = OperandSlots.Operand(by, 0);
        int? everyone = target is PairOperand pair ? OperandSlots.WritePredicate(by, pair.Second) : null;
        Operand mask = target is PairOperand both ? both.First : target;
        return Factory.Create(typeof(Match<>), [Factory.UnsignedOf(by.Type)],
            by.Has("all"), OperandSlots.Write(by, mask, 4), everyone, slots.Read(by, 1, by.Type), slots.Read(by, 2, "b32"));
    }
}
