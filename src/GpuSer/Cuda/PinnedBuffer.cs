using System.Runtime.CompilerServices;

namespace GpuSer.Cuda;

/// <summary>Page-locked host memory: what copies to the device can be queued from without waiting for them.</summary>
/// <typeparam name="T">Type of the values.</typeparam>
internal sealed unsafe class PinnedBuffer<T> : IDisposable
    where T : unmanaged
{
    private readonly CudaHandle _handle;

    /// <summary>Allocates memory for <paramref name="count"/> values, of whatever it held.</summary>
    /// <exception cref="CudaOutOfMemoryException">The host has no room that can be locked.</exception>
    public PinnedBuffer(CudaContext context, int count)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        Count = count;
        nint pointer = context.Call(static (driver, bytes) => driver.HostAllocate(bytes), (nuint)count * (nuint)Unsafe.SizeOf<T>());
        _handle = new CudaHandle(context, pointer, static (driver, handle) => driver.HostFree(handle));
    }

    /// <summary>Number of values.</summary>
    public int Count { get; }

    /// <summary>The values; not to be changed while a queued copy may still read them.</summary>
    public Span<T> Values => new((void*)_handle.Value, Count);

    internal nint Pointer => _handle.Value;

    /// <inheritdoc/>
    public void Dispose() => _handle.Dispose();
}
