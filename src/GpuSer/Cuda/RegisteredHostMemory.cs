namespace GpuSer.Cuda;

/// <summary>
/// Host memory that kernels may address while this object lives: on the emulator, how a torch CPU tensor becomes a kernel's
/// destination. The memory stays the caller's and must outlive the registration.
/// </summary>
internal sealed class RegisteredHostMemory : IDisposable
{
    private readonly CudaHandle _handle;

    /// <summary>Registers memory.</summary>
    /// <param name="context">The context whose kernels may address it.</param>
    /// <param name="pointer">Its first byte.</param>
    /// <param name="bytes">Its size.</param>
    public RegisteredHostMemory(CudaContext context, nint pointer, nuint bytes)
    {
        ArgumentNullException.ThrowIfNull(context);
        Address = context.Call(static (driver, s) => driver.HostRegister(s.pointer, s.bytes), (pointer, bytes));
        _handle = new CudaHandle(context, pointer, static (driver, handle) => driver.HostUnregister(handle));
    }

    /// <summary>Its device address.</summary>
    public ulong Address { get; }

    /// <inheritdoc/>
    public void Dispose() => _handle.Dispose();
}
