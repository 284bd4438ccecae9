namespace GpuSer.PtxEmulator.Parsing;

/// <summary>The special registers that are known (PTX ISA, "Special Registers") and their types.</summary>
internal static class SpecialRegisters
{
    private static readonly Dictionary<string, int> Sizes = new()
    {
        ["%tid.x"] = 4,
        ["%tid.y"] = 4,
        ["%tid.z"] = 4,
        ["%ntid.x"] = 4,
        ["%ntid.y"] = 4,
        ["%ntid.z"] = 4,
        ["%ctaid.x"] = 4,
        ["%ctaid.y"] = 4,
        ["%ctaid.z"] = 4,
        ["%nctaid.x"] = 4,
        ["%nctaid.y"] = 4,
        ["%nctaid.z"] = 4,
        ["%laneid"] = 4,
        ["%warpid"] = 4,
        ["%nwarpid"] = 4,
        ["%smid"] = 4,
        ["%nsmid"] = 4,
        ["%gridid"] = 8,
        ["%lanemask_eq"] = 4,
        ["%lanemask_lt"] = 4,
        ["%lanemask_le"] = 4,
        ["%lanemask_gt"] = 4,
        ["%lanemask_ge"] = 4,
        ["%dynamic_smem_size"] = 4,
        ["%total_smem_size"] = 4,
        ["%clock"] = 4,
        ["%clock_hi"] = 4,
        ["%clock64"] = 8,
        ["%globaltimer"] = 8,
        ["%globaltimer_lo"] = 4,
        ["%globaltimer_hi"] = 4,
        ["WARP_SZ"] = 4,
    };

    /// <summary>Those that differ between the warps of a block.</summary>
    public static bool IsPerWarp(string name) => name is "%tid.x" or "%tid.y" or "%tid.z" or "%warpid";

    /// <summary>Those that change while a kernel runs, so that each read is an instruction of its own.</summary>
    public static bool IsClock(string name) =>
        name.StartsWith("%clock", StringComparison.Ordinal) || name.StartsWith("%globaltimer", StringComparison.Ordinal);

    public static bool IsKnown(string name) => Sizes.ContainsKey(name);

    /// <summary>Bytes of a special register.</summary>
    public static int SizeOf(string name) => Sizes[name];
}
