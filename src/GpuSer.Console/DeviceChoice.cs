namespace GpuSer.Console;

/// <summary>Where to compute, as <c>--device</c> spells it.</summary>
internal enum DeviceChoice
{
    /// <summary>A GPU where there is one that can be used, else the CPU.</summary>
    Auto,

    /// <summary>The CPU, on all threads.</summary>
    Cpu,

    /// <summary>A GPU; an error where there is none.</summary>
    Cuda,

    /// <summary>The GPU's kernels, executed on the CPU with every check: slow, for verification.</summary>
    Emulated,
}
