namespace GpuSer.Cuda.Ptx;

/// <summary>One parameter of a kernel entry point.</summary>
/// <param name="Name">Its name in the PTX text.</param>
/// <param name="Type">PTX type without the dot, such as <c>u64</c> or <c>f32</c>; <c>b8</c> for a structure.</param>
/// <param name="Bytes">Size in bytes: of the value, or of the whole structure.</param>
/// <param name="Alignment">Alignment in the parameter block, in bytes.</param>
/// <param name="Offset">Offset in the parameter block, in bytes.</param>
internal sealed record PtxParameter(string Name, string Type, int Bytes, int Alignment, int Offset);

/// <summary>A variable in the shared memory of a block.</summary>
/// <param name="Name">Its name in the PTX text.</param>
/// <param name="Bytes">Size in bytes; 0 for the dynamic array, whose size each launch gives.</param>
/// <param name="Alignment">Alignment in bytes.</param>
/// <param name="Offset">Offset in the block's shared memory, in bytes.</param>
internal sealed record PtxSharedVariable(string Name, int Bytes, int Alignment, int Offset);

/// <summary>What PTX text says about a kernel entry point, enough to check a launch without a driver.</summary>
/// <param name="Name">Name of the entry point.</param>
/// <param name="Parameters">Parameters in order.</param>
/// <param name="MaxThreads">Most threads a block may have along each axis together (<c>.maxntid</c>, as a product), or null.</param>
/// <param name="RequiredBlock">The only block extent allowed (<c>.reqntid</c>), or null.</param>
/// <param name="SharedVariables">Shared variables the kernel or what it calls refers to, the dynamic ones last.</param>
/// <param name="StaticSharedBytes">Bytes of shared memory before the dynamic ones.</param>
/// <param name="LocalBytes">Bytes of local memory that the kernel and what it calls declare, per thread.</param>
internal sealed record PtxSignature(
    string Name,
    IReadOnlyList<PtxParameter> Parameters,
    int? MaxThreads,
    Dim3? RequiredBlock,
    IReadOnlyList<PtxSharedVariable> SharedVariables,
    int StaticSharedBytes,
    int LocalBytes)
{
    /// <summary>Size of the whole parameter block in bytes.</summary>
    public int ParameterBytes => Parameters.Count == 0 ? 0 : Parameters[^1].Offset + Parameters[^1].Bytes;

    /// <summary>Reads the signatures of all entry points of a PTX text, by name.</summary>
    /// <exception cref="PtxFormatException">The text is not PTX.</exception>
    public static IReadOnlyDictionary<string, PtxSignature> ReadAll(ReadOnlySpan<byte> ptx) => PtxSignatureReader.Read(PtxLexer.Read(ptx));
}
