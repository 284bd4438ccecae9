namespace GpuSer.PtxEmulator.Parsing;

/// <summary>An entry point's instructions, device functions inlined, all names resolved.</summary>
/// <param name="Instructions">In program order.</param>
/// <param name="Labels">All labels, each with its position.</param>
/// <param name="Registers">All registers.</param>
/// <param name="FrameBytes">Local variables and inlined call parameters, bytes a thread.</param>
internal sealed record KernelText(
    IReadOnlyList<PtxInstruction> Instructions, IReadOnlyList<Label> Labels, IReadOnlyList<VirtualRegister> Registers, int FrameBytes);
