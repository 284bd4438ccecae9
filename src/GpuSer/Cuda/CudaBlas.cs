namespace GpuSer.Cuda;

/// <summary>A cuBLAS handle: matrix products in full float32, without TF32.</summary>
internal sealed class CudaBlas : IDisposable
{
    private readonly CudaContext _context;
    private readonly CudaHandle _handle;

    /// <summary>Creates a handle.</summary>
    /// <param name="context">The context.</param>
    /// <exception cref="CudaException">cuBLAS is missing or refuses.</exception>
    public CudaBlas(CudaContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        _context = context;
        nint blas = context.Call(static (driver, _) => driver.BlasCreate(), 0);
        _handle = new CudaHandle(context, blas, static (driver, handle) => driver.BlasDestroy(handle));
    }

    /// <summary>Queues <c>C = alpha * op(A) op(B) + beta * C</c>, column-major and batched, on a stream.</summary>
    public void Multiply(in GemmArguments arguments, CudaStream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        _context.Call(static (driver, s) => driver.BlasGemm(s.Value, s.Handle, s.arguments), (_handle.Value, stream.Handle, arguments));
    }

    /// <inheritdoc/>
    public void Dispose() => _handle.Dispose();
}
