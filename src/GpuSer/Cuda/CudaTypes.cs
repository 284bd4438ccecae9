namespace GpuSer.Cuda;

/// <summary>Extent of a grid in blocks or of a block in threads.</summary>
/// <param name="X">Extent along x, at least 1.</param>
/// <param name="Y">Extent along y, at least 1.</param>
/// <param name="Z">Extent along z, at least 1.</param>
public readonly record struct Dim3(int X, int Y = 1, int Z = 1)
{
    /// <summary>Product of the three extents.</summary>
    public long Count => (long)X * Y * Z;

    /// <summary>A one-dimensional extent.</summary>
    public static implicit operator Dim3(int x) => new(x);

    /// <inheritdoc/>
    public override string ToString() => Z != 1 ? $"{X}x{Y}x{Z}" : Y != 1 ? $"{X}x{Y}" : $"{X}";
}

/// <summary>Name and limits of a device.</summary>
/// <param name="Name">Product name, such as <c>NVIDIA H100 80GB HBM3</c>.</param>
/// <param name="Major">Compute capability, major.</param>
/// <param name="Minor">Compute capability, minor.</param>
/// <param name="Multiprocessors">Number of streaming multiprocessors.</param>
/// <param name="MemoryBytes">Device memory in bytes.</param>
/// <param name="MaxThreadsPerBlock">Most threads in one block.</param>
/// <param name="MaxSharedBytesPerBlock">Most shared memory a block may opt in to, in bytes.</param>
/// <param name="MaxGrid">Largest grid along each axis, in blocks.</param>
/// <param name="MaxBlock">Largest block along each axis, in threads.</param>
public sealed record CudaDeviceInfo(
    string Name,
    int Major,
    int Minor,
    int Multiprocessors,
    long MemoryBytes,
    int MaxThreadsPerBlock,
    int MaxSharedBytesPerBlock,
    Dim3 MaxGrid,
    Dim3 MaxBlock);

/// <summary>Limits and resource use of one kernel entry point.</summary>
/// <param name="MaxThreadsPerBlock">Most threads a block of this kernel may have.</param>
/// <param name="StaticSharedBytes">Shared memory the kernel declares, in bytes a block.</param>
/// <param name="LocalBytes">Local memory, in bytes a thread; anything but 0 is a spill or an indexed array.</param>
/// <param name="Registers">Registers a thread; the emulator reports its estimate of peak live ones.</param>
public sealed record CudaFunctionInfo(int MaxThreadsPerBlock, int StaticSharedBytes, int LocalBytes, int Registers);

/// <summary>Kinds of one-dimensional Fourier transform, single precision.</summary>
public enum FftKind
{
    /// <summary>n reals to n/2 + 1 complex values.</summary>
    RealToComplex,

    /// <summary>n/2 + 1 complex values to n reals, unnormalised.</summary>
    ComplexToReal,

    /// <summary>n complex values to n complex values, forward.</summary>
    ComplexForward,

    /// <summary>n complex values to n complex values, inverse, unnormalised.</summary>
    ComplexInverse,
}

/// <summary>Arguments of a strided, batched single-precision matrix product in column-major order.</summary>
/// <param name="TransposeA">Whether A is used transposed.</param>
/// <param name="TransposeB">Whether B is used transposed.</param>
/// <param name="M">Rows of op(A) and C.</param>
/// <param name="N">Columns of op(B) and C.</param>
/// <param name="K">Columns of op(A), rows of op(B).</param>
/// <param name="Alpha">Factor of the product.</param>
/// <param name="A">Device address of A.</param>
/// <param name="LeadingA">Leading dimension of A, in elements.</param>
/// <param name="StrideA">Distance between consecutive A, in elements; 0 shares one A.</param>
/// <param name="B">Device address of B.</param>
/// <param name="LeadingB">Leading dimension of B, in elements.</param>
/// <param name="StrideB">Distance between consecutive B, in elements; 0 shares one B.</param>
/// <param name="Beta">Factor of the old C; with 0, C need not be initialised.</param>
/// <param name="C">Device address of C.</param>
/// <param name="LeadingC">Leading dimension of C, in elements.</param>
/// <param name="StrideC">Distance between consecutive C, in elements.</param>
/// <param name="Batch">Number of products.</param>
public readonly record struct GemmArguments(
    bool TransposeA,
    bool TransposeB,
    int M,
    int N,
    int K,
    float Alpha,
    ulong A,
    int LeadingA,
    long StrideA,
    ulong B,
    int LeadingB,
    long StrideB,
    float Beta,
    ulong C,
    int LeadingC,
    long StrideC,
    int Batch);
