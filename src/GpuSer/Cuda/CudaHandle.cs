using System.Runtime.InteropServices;

namespace GpuSer.Cuda;

/// <summary>A driver handle or address that is freed once, on whichever thread, with its context bound.</summary>
internal sealed class CudaHandle : SafeHandle
{
    private readonly CudaContext _context;
    private readonly Action<ICudaDriver, nint> _free;

    public CudaHandle(CudaContext context, nint value, Action<ICudaDriver, nint> free)
        : base(0, ownsHandle: true)
    {
        _context = context;
        _free = free;
        SetHandle(value);
    }

    public override bool IsInvalid => handle == 0;

    /// <summary>The handle.</summary>
    /// <exception cref="ObjectDisposedException">It has been freed.</exception>
    public nint Value
    {
        get
        {
            ObjectDisposedException.ThrowIf(IsClosed, this);
            return handle;
        }
    }

    protected override bool ReleaseHandle() => _context.Free(_free, handle);
}
