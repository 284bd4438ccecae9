using System.Runtime.CompilerServices;

namespace GpuSer.Cuda;

/// <summary>
/// Device memory for a number of values; unwritten until something writes it. Any thread may queue copies; which comes first is the streams' matter, and
/// disposing it is for one thread, when all are done.
/// </summary>
/// <typeparam name="T">Type of the values.</typeparam>
public sealed unsafe class DeviceBuffer<T> : IDisposable
    where T : unmanaged
{
    private readonly CudaContext _context;
    private readonly CudaHandle _handle;

    /// <summary>Allocates memory for <paramref name="count"/> values, aligned to 256 bytes.</summary>
    /// <exception cref="CudaOutOfMemoryException">The device has no room.</exception>
    public DeviceBuffer(CudaContext context, long count)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        _context = context;
        Count = count;
        ulong address = context.Call(static (driver, bytes) => driver.MemoryAllocate(bytes), Bytes);
        _handle = new CudaHandle(context, (nint)address, static (driver, handle) => driver.MemoryFree((ulong)handle));
    }

    /// <summary>Allocates memory and fills it, waiting until it is filled; for tables.</summary>
    public DeviceBuffer(CudaContext context, ReadOnlySpan<T> values)
        : this(context, values.Length)
    {
        CopyFrom(values, CudaStream.Default(context));
    }

    /// <summary>Number of values.</summary>
    public long Count { get; }

    /// <summary>Size in bytes.</summary>
    public nuint Bytes => (nuint)Count * (nuint)Unsafe.SizeOf<T>();

    /// <summary>Device address.</summary>
    public ulong Address => (ulong)_handle.Value;

    /// <summary>Copies host values to the buffer in stream order, from index <paramref name="first"/> on, and waits for the copy.</summary>
    public void CopyFrom(ReadOnlySpan<T> values, CudaStream stream, long first = 0)
    {
        ArgumentNullException.ThrowIfNull(stream);
        fixed (T* source = values)
        {
            QueueCopy((nint)source, values.Length, first, stream);
            stream.Synchronize();
        }
    }

    /// <summary>Queues the copy of the first <paramref name="count"/> values of page-locked memory to the start of the buffer; returns before it is made.</summary>
    /// <param name="values">Where from; not to be changed before the stream has passed the copy.</param>
    /// <param name="count">How many values.</param>
    /// <param name="stream">The stream.</param>
    internal void QueueCopyFrom(PinnedBuffer<T> values, int count, CudaStream stream)
    {
        ArgumentNullException.ThrowIfNull(values);
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, values.Count);
        QueueCopy(values.Pointer, count, 0, stream);
    }

    /// <summary>Copies values to host memory in stream order, from index <paramref name="first"/> on, and waits for the copy.</summary>
    public void CopyTo(Span<T> values, CudaStream stream, long first = 0)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentOutOfRangeException.ThrowIfNegative(first);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(first + values.Length, Count);
        fixed (T* destination = values)
        {
            _context.Call(
                static (driver, s) => driver.CopyDeviceToHost(s.destination, s.source, s.bytes, s.Handle),
                (destination: (nint)destination, source: Address + ((ulong)first * (ulong)Unsafe.SizeOf<T>()), bytes: (nuint)values.Length * (nuint)Unsafe.SizeOf<T>(), stream.Handle));
            stream.Synchronize();
        }
    }

    /// <summary>Says, in stream order, that the values are of no further use: reading them before writing is an error again.</summary>
    public void Discard(CudaStream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        _context.Call(static (driver, s) => driver.MemoryDiscard(s.Address, s.Bytes, s.Handle), (Address, Bytes, stream.Handle));
    }

    /// <inheritdoc/>
    public void Dispose() => _handle.Dispose();

    private void QueueCopy(nint source, int count, long first, CudaStream stream)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfNegative(first);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(first + count, Count);
        _context.Call(
            static (driver, s) => driver.CopyHostToDevice(s.destination, s.source, s.bytes, s.Handle),
            (destination: Address + ((ulong)first * (ulong)Unsafe.SizeOf<T>()), source, bytes: (nuint)count * (nuint)Unsafe.SizeOf<T>(), stream.Handle));
    }
}
