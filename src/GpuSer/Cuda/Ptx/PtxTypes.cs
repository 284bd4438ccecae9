namespace GpuSer.Cuda.Ptx;

/// <summary>Sizes of PTX's fundamental types.</summary>
internal static class PtxTypes
{
    /// <summary>Bytes of a type given without its dot (<c>f32</c> is 4), or 0 for what is no sized type.</summary>
    public static int SizeOf(string type) => type switch
    {
        "b8" or "u8" or "s8" => 1,
        "b16" or "u16" or "s16" or "f16" or "bf16" => 2,
        "b32" or "u32" or "s32" or "f32" or "f16x2" or "bf16x2" => 4,
        "b64" or "u64" or "s64" or "f64" => 8,
        "b128" => 16,
        _ => 0,
    };

    /// <summary>The least multiple of <paramref name="alignment"/> that is not below <paramref name="offset"/>.</summary>
    public static int Align(int offset, int alignment) => (offset + alignment - 1) / alignment * alignment;
}
