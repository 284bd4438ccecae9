using GpuSer.Cuda.Ptx;
using GpuSer.PtxEmulator.Counters;

namespace GpuSer.PtxEmulator.Execution;

/// <summary>A kernel ready to execute; immutable, shared by all workers.</summary>
/// <param name="Signature">What the PTX says about its launch.</param>
/// <param name="Blocks">Basic blocks in program order.</param>
/// <param name="Layout">Sizes and places in a warp's state.</param>
/// <param name="Constants">Immediate values and uniform special registers, at the places instructions expect them.</param>
/// <param name="Mix">Instructions by class of each basic block.</param>
/// <param name="PeakRegisters">Estimate of registers a thread needs.</param>
internal sealed record KernelCode(
    PtxSignature Signature,
    CodeBlock[] Blocks,
    WarpLayout Layout,
    ConstantPool Constants,
    IReadOnlyList<InstructionMix> Mix,
    int PeakRegisters)
{
    public string Name => Signature.Name;
}

/// <summary>A basic block: instructions that execute one after another, then what decides where to go.</summary>
/// <param name="Body">Instructions.</param>
/// <param name="End">What follows them.</param>
/// <param name="MemberMask">Where the first instruction names lanes that must come together: offset of that mask, else null.</param>
/// <param name="Line">PTX line of its first instruction.</param>
internal sealed record CodeBlock(WarpInstruction[] Body, BlockEnd End, int? MemberMask, int Line);

/// <summary>Sizes and fixed places in a warp's state.</summary>
/// <param name="RegisterBytes">Bytes of a warp's registers.</param>
/// <param name="Predicates">Number of predicates.</param>
/// <param name="FrameBytes">Local memory, bytes a thread.</param>
/// <param name="MemoryInstructions">Number of instructions that remember the allocation they last touched.</param>
internal sealed record WarpLayout(int RegisterBytes, int Predicates, int FrameBytes, int MemoryInstructions)
{
    /// <summary>Where <c>%tid.x, %tid.y, %tid.z, %warpid</c> lie, in this order, 32 lanes of 4 bytes each.</summary>
    public const int PerWarpSpecials = 0;

    public const int PerWarpSpecialBytes = 4 * 4 * Lanes.Count;

    /// <summary>Where results go that nobody wants.</summary>
    public const int Sink = PerWarpSpecialBytes;

    /// <summary>Where the kernel's own registers begin.</summary>
    public const int FirstRegister = Sink + (8 * Lanes.Count);
}
