namespace GpuSer.Cuda;

/// <summary>A batch of one-dimensional cuFFT transforms.</summary>
internal sealed class CudaFft : IDisposable
{
    private readonly CudaContext _context;
    private readonly CudaHandle _handle;

    /// <summary>Plans <paramref name="batch"/> transforms of <paramref name="size"/> points.</summary>
    /// <param name="context">The context.</param>
    /// <param name="size">Points of a transform.</param>
    /// <param name="kind">Kind of transform.</param>
    /// <param name="batch">Number of transforms.</param>
    /// <param name="inputDistance">From one transform's input to the next, in elements.</param>
    /// <param name="outputDistance">From one transform's output to the next, in elements.</param>
    /// <exception cref="CudaException">cuFFT is missing or refuses.</exception>
    public CudaFft(CudaContext context, int size, FftKind kind, int batch, int inputDistance, int outputDistance)
    {
        ArgumentNullException.ThrowIfNull(context);
        _context = context;
        nint plan = context.Call(
            static (driver, s) => driver.FftPlan(s.size, s.kind, s.batch, s.inputDistance, s.outputDistance),
            (size, kind, batch, inputDistance, outputDistance));
        _handle = new CudaHandle(context, plan, static (driver, handle) => driver.FftDestroy(handle));
    }

    /// <summary>Queues the transforms on a stream; unnormalised.</summary>
    public void Run(ulong input, ulong output, CudaStream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        _context.Call(static (driver, s) => driver.FftExecute(s.Value, s.input, s.output, s.Handle), (_handle.Value, input, output, stream.Handle));
    }

    /// <inheritdoc/>
    public void Dispose() => _handle.Dispose();
}
