namespace GpuSer.PtxEmulator.Parsing;

/// <summary>Where an address points (PTX ISA, "State Spaces").</summary>
internal enum StateSpace
{
    Generic,
    Global,
    Shared,
    Local,
    Const,

    /// <summary>The parameters of the kernel; those of device functions are inlined into <see cref="Local"/>.</summary>
    Param,
}
