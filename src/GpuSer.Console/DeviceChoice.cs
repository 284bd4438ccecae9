namespace GpuSer.Console;

/// <summary>Where features are computed, as <c>--device</c> spells it.</summary>
internal enum DeviceChoice
{
    /// <summary>The CPU.</summary>
    Auto,

    /// <summary>The CPU, on all threads.</summary>
    Cpu,
}
