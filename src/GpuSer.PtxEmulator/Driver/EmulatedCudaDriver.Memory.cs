using System.Runtime.InteropServices;
using GpuSer.Cuda;
using GpuSer.PtxEmulator.Memory;

namespace GpuSer.PtxEmulator;

public sealed unsafe partial class EmulatedCudaDriver
{
    private readonly Dictionary<nint, DeviceRange> _hostAllocations = [];

    /// <inheritdoc/>
    public ulong MemoryAllocate(nuint bytes) => Locked("cuMemAlloc", () =>
    {
        CheckSize("cuMemAlloc", bytes);
        if (_memory.DeviceBytes + bytes > (ulong)_memoryBytes)
            throw new CudaOutOfMemoryException("cuMemAlloc", bytes);
        DeviceRange range;
        try
        {
            range = DeviceRange.Allocate(RangeKind.Device, bytes);
        }
        catch (OutOfMemoryException)
        {
            throw new CudaOutOfMemoryException("cuMemAlloc", bytes);
        }

        _memory.Add(range);
        _calls = _calls with { Allocations = _calls.Allocations + 1, AllocatedBytes = _calls.AllocatedBytes + (long)bytes };
        return range.Start;
    });

    /// <inheritdoc/>
    public void MemoryFree(ulong address) => Locked("cuMemFree", () =>
    {
        if (address == 0)
            return;
        _memory.Remove(_memory.FindStart("cuMemFree", address, RangeKind.Device));
        _calls = _calls with { Frees = _calls.Frees + 1 };
    });

    /// <inheritdoc/>
    public nint HostAllocate(nuint bytes) => Locked("cuMemHostAlloc", () =>
    {
        CheckSize("cuMemHostAlloc", bytes);
        nint pointer;
        try
        {
            pointer = (nint)NativeMemory.AlignedAlloc(bytes, 4096);
        }
        catch (OutOfMemoryException)
        {
            throw new CudaOutOfMemoryException("cuMemHostAlloc", bytes);
        }

        var range = new DeviceRange(RangeKind.Host, (ulong)pointer, bytes);
        _memory.Add(range);
        _hostAllocations.Add(pointer, range);
        _calls = _calls with { HostAllocations = _calls.HostAllocations + 1 };
        return pointer;
    });

    /// <inheritdoc/>
    public void HostFree(nint pointer) => Locked("cuMemFreeHost", () =>
    {
        if (!_hostAllocations.Remove(pointer, out DeviceRange? range))
            throw new CudaException("cuMemFreeHost", "CUDA_ERROR_INVALID_VALUE", $"0x{pointer:x} was not allocated by cuMemHostAlloc, or was freed");
        _memory.Remove(range);
        NativeMemory.AlignedFree((void*)pointer);
    });

    /// <inheritdoc/>
    public ulong HostRegister(nint pointer, nuint bytes) => Locked("cuMemHostRegister", () =>
    {
        CheckSize("cuMemHostRegister", bytes);
        if (pointer == 0)
            throw new CudaException("cuMemHostRegister", "CUDA_ERROR_INVALID_VALUE", "the pointer is null");
        _memory.Add(new(RangeKind.Host, (ulong)pointer, bytes));
        _calls = _calls with { HostRegistrations = _calls.HostRegistrations + 1 };
        return (ulong)pointer;
    });

    /// <inheritdoc/>
    public void HostUnregister(nint pointer) => Locked("cuMemHostUnregister", () =>
    {
        if (_hostAllocations.ContainsKey(pointer) || _memory.Find((ulong)pointer) is not { Kind: RangeKind.Host } range || range.Start != (ulong)pointer)
            throw new CudaException("cuMemHostUnregister", "CUDA_ERROR_HOST_MEMORY_NOT_REGISTERED", $"0x{pointer:x}");
        _memory.Remove(range);
    });

    /// <inheritdoc/>
    public void CopyHostToDevice(ulong destination, nint source, nuint bytes, nint stream) => Locked("cuMemcpyHtoDAsync", () =>
    {
        CheckStream("cuMemcpyHtoDAsync", stream);
        if (bytes == 0)
            return;
        CheckPointer("cuMemcpyHtoDAsync", source);
        DeviceRange range = _memory.FindAll("cuMemcpyHtoDAsync", destination, bytes);
        NativeMemory.Copy((void*)source, (void*)destination, bytes);
        range.MarkWritten(destination, bytes);
        _calls = _calls with { HostToDeviceCopies = _calls.HostToDeviceCopies + 1, HostToDeviceBytes = _calls.HostToDeviceBytes + (long)bytes };
    });

    /// <inheritdoc/>
    public void CopyDeviceToHost(nint destination, ulong source, nuint bytes, nint stream) => Locked("cuMemcpyDtoHAsync", () =>
    {
        CheckStream("cuMemcpyDtoHAsync", stream);
        if (bytes == 0)
            return;
        CheckPointer("cuMemcpyDtoHAsync", destination);
        CheckWritten("cuMemcpyDtoHAsync", source, bytes);
        NativeMemory.Copy((void*)source, (void*)destination, bytes);
        _calls = _calls with { DeviceToHostCopies = _calls.DeviceToHostCopies + 1, DeviceToHostBytes = _calls.DeviceToHostBytes + (long)bytes };
    });

    /// <inheritdoc/>
    public void CopyDeviceToDevice(ulong destination, ulong source, nuint bytes, nint stream) => Locked("cuMemcpyDtoDAsync", () =>
    {
        CheckStream("cuMemcpyDtoDAsync", stream);
        if (bytes == 0)
            return;
        CheckWritten("cuMemcpyDtoDAsync", source, bytes);
        DeviceRange range = _memory.FindAll("cuMemcpyDtoDAsync", destination, bytes);
        Buffer.MemoryCopy((void*)source, (void*)destination, bytes, bytes);
        range.MarkWritten(destination, bytes);
        _calls = _calls with { DeviceToDeviceCopies = _calls.DeviceToDeviceCopies + 1, DeviceToDeviceBytes = _calls.DeviceToDeviceBytes + (long)bytes };
    });

    /// <inheritdoc/>
    public void MemorySet(ulong destination, byte value, nuint count, nint stream) => Locked("cuMemsetD8Async", () =>
    {
        CheckStream("cuMemsetD8Async", stream);
        Set("cuMemsetD8Async", destination, value, count);
    });

    private static void CheckSize(string call, nuint bytes)
    {
        if (bytes == 0)
            throw new CudaException(call, "CUDA_ERROR_INVALID_VALUE", "0 bytes");
    }

    private static void CheckPointer(string call, nint pointer)
    {
        if (pointer == 0)
            throw new CudaException(call, "CUDA_ERROR_INVALID_VALUE", "the host pointer is null");
    }

    private void Set(string call, ulong destination, byte value, nuint count)
    {
        if (count == 0)
            return;
        DeviceRange range = _memory.FindAll(call, destination, count);
        NativeMemory.Fill((void*)destination, count, value);
        range.MarkWritten(destination, count);
        _calls = _calls with { MemorySets = _calls.MemorySets + 1, MemorySetBytes = _calls.MemorySetBytes + (long)count };
    }

    /// <summary>Finds memory that a call reads, all of it written before.</summary>
    private DeviceRange CheckWritten(string call, ulong address, ulong bytes)
    {
        DeviceRange range = _memory.FindAll(call, address, bytes);
        if (range.FirstUnwritten(address, bytes) is ulong offset)
            throw new CudaException(call, "CUDA_ERROR_ILLEGAL_ADDRESS", $"reads what nobody wrote, from offset {offset} of {range} on");
        return range;
    }
}
