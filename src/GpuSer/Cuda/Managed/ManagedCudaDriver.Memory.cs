using System.Runtime.CompilerServices;
using ManagedCuda.BasicTypes;
using static ManagedCuda.DriverAPINativeMethods;

namespace GpuSer.Cuda.Managed;

internal sealed unsafe partial class ManagedCudaDriver
{
    /// <inheritdoc/>
    public ulong MemoryAllocate(nuint bytes)
    {
        CUdeviceptr address = default;
        CheckAllocation(MemoryManagement.cuMemAlloc_v2(ref address, bytes), bytes);
        return address.Pointer;
    }

    /// <inheritdoc/>
    public void MemoryFree(ulong address) => Check(MemoryManagement.cuMemFree_v2(Address(address)));

    /// <inheritdoc/>
    public nint HostAllocate(nuint bytes)
    {
        nint pointer = 0;
        CheckAllocation(MemoryManagement.cuMemHostAlloc(ref pointer, bytes, CUMemHostAllocFlags.None), bytes);
        return pointer;
    }

    /// <inheritdoc/>
    public void HostFree(nint pointer) => Check(MemoryManagement.cuMemFreeHost(pointer));

    /// <inheritdoc/>
    public ulong HostRegister(nint pointer, nuint bytes)
    {
        CheckAllocation(MemoryManagement.cuMemHostRegister(pointer, bytes, CUMemHostRegisterFlags.DeviceMap), bytes);
        CUdeviceptr address = default;
        Check(MemoryManagement.cuMemHostGetDevicePointer_v2(ref address, pointer, 0));
        return address.Pointer;
    }

    /// <inheritdoc/>
    public void HostUnregister(nint pointer) => Check(MemoryManagement.cuMemHostUnregister(pointer));

    /// <inheritdoc/>
    public void CopyHostToDevice(ulong destination, nint source, nuint bytes, nint stream) =>
        Check(AsynchronousMemcpy_v2.cuMemcpyHtoDAsync_v2(Address(destination), source, bytes, Stream(stream)));

    /// <inheritdoc/>
    public void CopyDeviceToHost(nint destination, ulong source, nuint bytes, nint stream) =>
        Check(AsynchronousMemcpy_v2.cuMemcpyDtoHAsync_v2(destination, Address(source), bytes, Stream(stream)));

    /// <inheritdoc/>
    public void CopyDeviceToDevice(ulong destination, ulong source, nuint bytes, nint stream) =>
        Check(AsynchronousMemcpy_v2.cuMemcpyDtoDAsync_v2(Address(destination), Address(source), bytes, Stream(stream)));

    /// <inheritdoc/>
    public void MemorySet(ulong destination, byte value, nuint count, nint stream) =>
        Check(MemsetAsync.cuMemsetD8Async(Address(destination), value, count, Stream(stream)));

    private static void CheckAllocation(CUResult result, nuint bytes, [CallerArgumentExpression(nameof(result))] string call = "")
    {
        if (result == CUResult.ErrorOutOfMemory)
            throw new CudaOutOfMemoryException(call, bytes);
        Check(result, call);
    }
}
