namespace GpuSer.PtxEmulator.Memory;

/// <summary>How the active lanes' addresses lie to one another.</summary>
internal enum AccessShape
{
    /// <summary>All the same.</summary>
    Uniform,

    /// <summary>One behind the other without a gap, for consecutive lanes.</summary>
    Run,

    /// <summary>Anything else.</summary>
    General,
}

/// <summary>A warp's access: its shape, its first active lane's address, and the active lanes.</summary>
/// <param name="Shape">How the addresses lie.</param>
/// <param name="First">Address of the first active lane.</param>
/// <param name="FirstLane">The first active lane.</param>
/// <param name="Lanes">Active lanes.</param>
/// <param name="Count">Number of active lanes.</param>
internal readonly record struct AccessPattern(AccessShape Shape, ulong First, int FirstLane, uint Lanes, int Count);

/// <summary>What an access does.</summary>
internal enum AccessMode
{
    Load,
    Store,
    Atomic,
}
