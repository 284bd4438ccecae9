namespace GpuSer.Console;

/// <summary>Where features are computed, as <c>--device</c> spells it.</summary>
internal enum DeviceChoice
{
    /// <summary>The CPU.</summary>
    Auto,

    /// <summary>The CPU, on all threads.</summary>
    Cpu,

    /// <summary>A GPU.</summary>
    Cuda,

    /// <summary>The GPU's kernels, executed on the CPU with every check: slow, for verification.</summary>
    Emulated,
}
