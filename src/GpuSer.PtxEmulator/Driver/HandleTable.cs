using GpuSer.Cuda;

namespace GpuSer.PtxEmulator.Driver;

/// <summary>Opaque handles of driver objects; a handle is never used twice.</summary>
internal sealed class HandleTable
{
    private readonly Dictionary<nint, object> _objects = [];
    private nint _last = 0x1000;

    public nint Add(object value)
    {
        _last += 16;
        _objects.Add(_last, value);
        return _last;
    }

    /// <summary>The object of a handle.</summary>
    /// <exception cref="CudaException">The handle is none of that kind, or was destroyed.</exception>
    public T Get<T>(string call, nint handle)
        where T : class =>
        _objects.TryGetValue(handle, out object? found) && found is T value
            ? value
            : throw new CudaException(call, "CUDA_ERROR_INVALID_HANDLE", $"0x{handle:x} is no {typeof(T).Name}, or was destroyed");

    public T Remove<T>(string call, nint handle)
        where T : class
    {
        T value = Get<T>(call, handle);
        _objects.Remove(handle);
        return value;
    }
}
