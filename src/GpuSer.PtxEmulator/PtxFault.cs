namespace GpuSer.PtxEmulator;

/// <summary>What a kernel did wrong.</summary>
public enum PtxFault
{
    /// <summary>An address outside every allocation, or outside the block's shared, local or parameter memory.</summary>
    OutOfBounds,

    /// <summary>An address that is no multiple of the access's size.</summary>
    Misaligned,

    /// <summary>An address in device memory that was freed.</summary>
    UseAfterFree,

    /// <summary>A read of device memory that nobody wrote.</summary>
    UnwrittenDevice,

    /// <summary>A read of shared memory that no thread of the block wrote.</summary>
    UnwrittenShared,

    /// <summary>A write of constant memory.</summary>
    ReadOnly,

    /// <summary>A barrier that only a part of the block met.</summary>
    BarrierDivergence,

    /// <summary>A warp-wide instruction that names lanes which never come.</summary>
    WarpDivergence,

    /// <summary>Two threads touched one shared address without a barrier between, at least one of them writing.</summary>
    SharedRace,

    /// <summary>The kernel executed <c>trap</c>.</summary>
    Trap,

    /// <summary>An operand outside what the instruction allows.</summary>
    IllegalInstruction,

    /// <summary>A warp executed more basic blocks than <see cref="EmulatorOptions.StepLimit"/>.</summary>
    StepLimit,
}
