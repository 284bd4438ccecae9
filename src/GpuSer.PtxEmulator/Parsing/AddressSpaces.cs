namespace GpuSer.PtxEmulator.Parsing;

/// <summary>
/// How addresses are laid out. A global address is the host's own; a shared or local one is an offset, which generic
/// addressing marks with a window no host address can lie in. Kernel parameters keep clear of a thread's local frame,
/// since the parameters of inlined functions live there and both are read by <c>ld.param</c>.
/// </summary>
internal static class AddressSpaces
{
    public const long ParameterWindow = 0x1000_0000;

    public const ulong SharedWindow = 0x0100_0000_0000_0000;

    public const ulong LocalWindow = 0x0200_0000_0000_0000;

    private const ulong WindowMask = 0xFF00_0000_0000_0000;

    public static ulong WindowOf(StateSpace space) => space switch
    {
        StateSpace.Shared => SharedWindow,
        StateSpace.Local => LocalWindow,
        _ => 0,
    };

    /// <summary>The state space a generic address lies in.</summary>
    public static StateSpace SpaceOf(ulong generic) => (generic & WindowMask) switch
    {
        SharedWindow => StateSpace.Shared,
        LocalWindow => StateSpace.Local,
        _ => StateSpace.Global,
    };
}
