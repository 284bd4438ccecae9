namespace GpuSer.Cuda;

/// <summary>A mark in a stream, to wait for or to time by.</summary>
internal sealed class CudaEvent : IDisposable
{
    private readonly CudaContext _context;
    private readonly CudaHandle _handle;

    /// <summary>Creates an event; without <paramref name="timing"/> it is cheaper.</summary>
    public CudaEvent(CudaContext context, bool timing = false)
    {
        ArgumentNullException.ThrowIfNull(context);
        _context = context;
        nint created = context.Call(static (driver, timed) => driver.EventCreate(timed), timing);
        _handle = new CudaHandle(context, created, static (driver, handle) => driver.EventDestroy(handle));
    }

    internal nint Handle => _handle.Value;

    /// <summary>Records the event in stream order.</summary>
    public void Record(CudaStream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        _context.Call(static (driver, s) => driver.EventRecord(s.Item1, s.Item2), (Handle, stream.Handle));
    }

    /// <summary>Waits until the event has happened.</summary>
    public void Synchronize() => _context.Call(static (driver, handle) => driver.EventSynchronize(handle), Handle);

    /// <summary>Milliseconds from an earlier event to this one; both record time and have happened.</summary>
    public float MillisecondsSince(CudaEvent start)
    {
        ArgumentNullException.ThrowIfNull(start);
        return _context.Call(static (driver, s) => driver.EventElapsed(s.Item1, s.Item2), (start.Handle, Handle));
    }

    /// <inheritdoc/>
    public void Dispose() => _handle.Dispose();
}
