using GpuSer.PtxEmulator.Execution;
using GpuSer.PtxEmulator.Parsing;

namespace GpuSer.PtxEmulator.Memory;

/// <summary>A load, store or atomic: resolves the lanes' addresses, has them checked, then moves data.</summary>
internal abstract unsafe class MemoryInstruction(AddressOperandCode address) : WarpInstruction
{
    public AddressOperandCode Address { get; } = address;

    protected abstract AccessMode Mode { get; }

    public override void Execute(Warp warp)
    {
        ulong* addresses = warp.Block.Addresses;
        AccessPattern pattern = Address.Resolve(warp, addresses);
        StateSpace space = Address.Space;
        if (space != StateSpace.Generic)
        {
            AccessIn(space, warp, pattern, addresses);
            return;
        }

        space = AddressSpaces.SpaceOf(pattern.First);
        uint same = SameSpace(pattern, addresses, space);
        if (same != pattern.Lanes)
        {
            warp.Active = same; // each state space in turn
            Execute(warp);
            warp.Active = pattern.Lanes & ~same;
            Execute(warp);
            warp.Active = pattern.Lanes;
            return;
        }

        ulong window = AddressSpaces.WindowOf(space);
        for (int lane = 0; lane < Lanes.Count; lane++)
            addresses[lane] -= window;
        AccessIn(space, warp, pattern with { First = pattern.First - window }, addresses);
    }

    /// <summary>Moves data between registers and <paramref name="origin"/> + address of each active lane.</summary>
    protected abstract void Move(Warp warp, byte* origin, in AccessPattern pattern, ulong* addresses);

    private static uint SameSpace(in AccessPattern pattern, ulong* addresses, StateSpace space)
    {
        uint same = 0;
        for (uint rest = pattern.Lanes; rest != 0; rest &= rest - 1)
        {
            int lane = Lanes.First(rest);
            if (AddressSpaces.SpaceOf(addresses[lane]) == space)
                same |= 1u << lane;
        }

        return same;
    }

    private void AccessIn(StateSpace space, Warp warp, in AccessPattern pattern, ulong* addresses)
    {
        BlockState block = warp.Block;
        switch (space)
        {
            case StateSpace.Shared:
                block.Shared.Access(warp, this, pattern, addresses, Mode);
                Move(warp, block.Shared.Data, pattern, addresses);
                break;
            case StateSpace.Local:
                AccessFrame(warp, pattern, addresses);
                break;
            case StateSpace.Param when pattern.First < (ulong)AddressSpaces.ParameterWindow:
                AccessFrame(warp, pattern, addresses);
                break;
            case StateSpace.Param:
                ulong end = (ulong)(AddressSpaces.ParameterWindow + block.Launch.ParameterBytes);
                CheckSimple(warp, pattern, addresses, (ulong)AddressSpaces.ParameterWindow, end, "parameter");
                Move(warp, block.Launch.Parameters - AddressSpaces.ParameterWindow, pattern, addresses);
                break;
            default:
                block.Global.Access(warp, this, pattern, addresses, Mode);
                Move(warp, null, pattern, addresses);
                break;
        }
    }

    /// <summary>A thread's own frame lies at a distance of its lane from the warp's.</summary>
    private void AccessFrame(Warp warp, in AccessPattern pattern, ulong* addresses)
    {
        ulong frame = (ulong)warp.Block.Code.Layout.FrameBytes;
        CheckSimple(warp, pattern, addresses, 0, frame, "local");
        for (int lane = 0; lane < Lanes.Count; lane++)
            addresses[lane] += frame * (ulong)lane;
        Move(warp, warp.Frame, pattern with { Shape = AccessShape.General }, addresses);
    }

    private void CheckSimple(Warp warp, in AccessPattern pattern, ulong* addresses, ulong begin, ulong end, string space)
    {
        for (uint rest = pattern.Lanes; rest != 0; rest &= rest - 1)
        {
            int lane = Lanes.First(rest);
            ulong address = addresses[lane];
            bool inside = address >= begin && address <= end && Address.Total <= end - address;
            if (inside && (address & (Address.Total - 1)) == 0)
                continue;
            PtxFault fault = inside ? PtxFault.Misaligned : PtxFault.OutOfBounds;
            throw warp.Block.Fault(warp, 1u << lane, fault, Line,
                $"{Address.Total}-byte access at {space} address {(long)(address - begin)} of {end - begin} bytes");
        }
    }
}
