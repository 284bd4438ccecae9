namespace GpuSer.Cuda;

/// <summary>A queue of work that the device does in order. Any thread may queue on it and wait for it; disposing it is for one thread, when all are done.</summary>
public sealed class CudaStream : IDisposable
{
    private readonly CudaContext _context;
    private readonly CudaHandle _handle;

    /// <summary>Creates a stream that does not wait for the default stream.</summary>
    public CudaStream(CudaContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        _context = context;
        nint stream = context.Call(static (driver, _) => driver.StreamCreate(), 0);
        _handle = new CudaHandle(context, stream, static (driver, handle) => driver.StreamDestroy(handle));
    }

    private CudaStream(CudaContext context, nint stream)
    {
        _context = context;
        _handle = new CudaHandle(context, stream, static (_, _) => { });
    }

    internal nint Handle => _handle.Value;

    /// <summary>The context's default stream, the one torch uses; it needs no disposing.</summary>
    public static CudaStream Default(CudaContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return new CudaStream(context, 0);
    }

    /// <summary>Waits for all work queued so far.</summary>
    public void Synchronize() => _context.Call(static (driver, handle) => driver.StreamSynchronize(handle), Handle);

    /// <summary>Makes later work of this stream wait for an event.</summary>
    internal void Wait(CudaEvent recorded)
    {
        ArgumentNullException.ThrowIfNull(recorded);
        _context.Call(static (driver, s) => driver.StreamWaitEvent(s.Item1, s.Item2), (Handle, recorded.Handle));
    }

    /// <inheritdoc/>
    public void Dispose() => _handle.Dispose();
}
