namespace GpuSer.Cuda;

/// <summary>
/// A device's primary context, which torch uses too: the owner of every buffer, module, stream and graph made on it.
/// </summary>
/// <remarks>
/// Every driver call of the classes that stand on a context goes through it. It binds the context to the calling thread, and
/// where an error is sticky it closes: from then on each call fails with that first error, and disposing frees nothing more,
/// because the driver has already torn everything down. Several threads may use one context at once.
/// </remarks>
public sealed class CudaContext : IDisposable
{
    private readonly int _ordinal;
    private readonly nint _handle;
    private CudaException? _failure;
    private bool _disposed;

    /// <summary>Retains a device's primary context.</summary>
    /// <param name="driver">The driver; it stays the caller's and must outlive the context.</param>
    /// <param name="ordinal">Number of the device, from 0.</param>
    /// <exception cref="CudaUnavailableException">There is no device of that number.</exception>
    public CudaContext(ICudaDriver driver, int ordinal = 0)
    {
        ArgumentNullException.ThrowIfNull(driver);
        if (ordinal < 0 || ordinal >= driver.DeviceCount)
            throw new CudaUnavailableException($"device {ordinal} was asked for, the driver has {driver.DeviceCount}");
        Driver = driver;
        Device = driver.GetDevice(ordinal);
        _ordinal = ordinal;
        _handle = driver.ContextRetain(ordinal);
    }

    /// <summary>The driver underneath.</summary>
    public ICudaDriver Driver { get; }

    /// <summary>Name and limits of the device.</summary>
    public CudaDeviceInfo Device { get; }

    /// <summary>The sticky error that closed the context, or null.</summary>
    public CudaException? Failure => _failure;

    /// <summary>Waits for all work of the context.</summary>
    public void Synchronize() => Call(static (driver, _) => driver.ContextSynchronize(), 0);

    /// <summary>Releases the primary context; what still lives on it must have been disposed.</summary>
    public void Dispose()
    {
        if (_disposed)
            return;
        _disposed = true;
        if (_failure is null)
            Driver.ContextRelease(_ordinal);
    }

    // Static lambdas with their state beside them: a call allocates nothing.
    internal void Call<TState>(Action<ICudaDriver, TState> call, TState state)
    {
        Bind();
        try
        {
            call(Driver, state);
        }
        catch (CudaException error) when (Close(error))
        {
            throw;
        }
    }

    internal TResult Call<TState, TResult>(Func<ICudaDriver, TState, TResult> call, TState state)
    {
        Bind();
        try
        {
            return call(Driver, state);
        }
        catch (CudaException error) when (Close(error))
        {
            throw;
        }
    }

    /// <summary>Frees a handle; a closed context's are gone already, and no error leaves a dispose.</summary>
    internal bool Free(Action<ICudaDriver, nint> free, nint handle)
    {
        if (_disposed || _failure is not null)
            return true;
        try
        {
            Call(static (driver, state) => state.free(driver, state.handle), (free, handle));
            return true;
        }
        catch (CudaException)
        {
            return false;
        }
    }

    private void Bind()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (_failure is not null)
            throw new CudaException(_failure.Call, _failure.ErrorName, "the context was closed by this earlier error; restart the run");
        Driver.ContextSetCurrent(_handle);
    }

    // An exception filter: remembers a sticky error, and never catches.
    private bool Close(CudaException error)
    {
        if (error.IsSticky)
            _failure ??= error;
        return false;
    }
}
