using static GpuSer.Cuda.Native.CudaImports;

namespace GpuSer.Cuda.Native;

internal sealed unsafe partial class NativeCudaDriver
{
    /// <inheritdoc/>
    public ulong MemoryAllocate(nuint bytes)
    {
        ulong address;
        CheckAllocation(cuMemAlloc_v2(&address, bytes), bytes);
        return address;
    }

    /// <inheritdoc/>
    public void MemoryFree(ulong address) => Check(cuMemFree_v2(address));

    /// <inheritdoc/>
    public nint HostAllocate(nuint bytes)
    {
        nint pointer;
        CheckAllocation(cuMemHostAlloc(&pointer, bytes, 0), bytes);
        return pointer;
    }

    /// <inheritdoc/>
    public void HostFree(nint pointer) => Check(cuMemFreeHost(pointer));

    /// <inheritdoc/>
    public ulong HostRegister(nint pointer, nuint bytes)
    {
        CheckAllocation(cuMemHostRegister_v2(pointer, bytes, HostRegisterDeviceMap), bytes);
        ulong address;
        Check(cuMemHostGetDevicePointer_v2(&address, pointer, 0));
        return address;
    }

    /// <inheritdoc/>
    public void HostUnregister(nint pointer) => Check(cuMemHostUnregister(pointer));

    /// <inheritdoc/>
    public void CopyHostToDevice(ulong destination, nint source, nuint bytes, nint stream) =>
        Check(cuMemcpyHtoDAsync_v2(destination, source, bytes, stream));

    /// <inheritdoc/>
    public void CopyDeviceToHost(nint destination, ulong source, nuint bytes, nint stream) =>
        Check(cuMemcpyDtoHAsync_v2(destination, source, bytes, stream));

    /// <inheritdoc/>
    public void CopyDeviceToDevice(ulong destination, ulong source, nuint bytes, nint stream) =>
        Check(cuMemcpyDtoDAsync_v2(destination, source, bytes, stream));

    /// <inheritdoc/>
    public void MemorySet(ulong destination, byte value, nuint count, nint stream) =>
        Check(cuMemsetD8Async(destination, value, count, stream));

    private static void CheckAllocation(
        CudaResult result, nuint bytes, [System.Runtime.CompilerServices.CallerArgumentExpression(nameof(result))] string call = "")
    {
        if (result == CudaResult.OutOfMemory)
            throw new CudaOutOfMemoryException(call, bytes);
        Check(result, call);
    }
}
