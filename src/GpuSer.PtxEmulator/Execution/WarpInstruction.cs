namespace GpuSer.PtxEmulator.Execution;

/// <summary>A decoded instruction: executes for the warp's active lanes.</summary>
internal abstract class WarpInstruction
{
    /// <summary>Line of the PTX text.</summary>
    public int Line { get; set; }

    public abstract void Execute(Warp warp);
}

/// <summary>An instruction under a guard predicate: <c>@p</c> or <c>@!p</c>.</summary>
internal sealed unsafe class GuardedInstruction(WarpInstruction inner, int predicate, bool negated) : WarpInstruction
{
    private readonly uint _flip = negated ? Lanes.All : 0;

    public override void Execute(Warp warp)
    {
        uint active = warp.Active;
        uint guarded = active & (warp.Predicates[predicate] ^ _flip);
        if (guarded == 0)
            return;
        warp.Active = guarded;
        inner.Execute(warp);
        warp.Active = active;
    }
}
