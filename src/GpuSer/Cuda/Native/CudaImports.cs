using System.Runtime.InteropServices;

namespace GpuSer.Cuda.Native;

/// <summary>The driver API's entry points, each once, under their exported names (cuda.h of CUDA 12).</summary>
internal static unsafe partial class CudaImports
{
    [LibraryImport(CudaLibraries.Driver)]
    public static partial CudaResult cuInit(uint flags);

    [LibraryImport(CudaLibraries.Driver)]
    public static partial CudaResult cuDriverGetVersion(int* version);

    [LibraryImport(CudaLibraries.Driver)]
    public static partial CudaResult cuGetErrorName(CudaResult error, byte** text);

    [LibraryImport(CudaLibraries.Driver)]
    public static partial CudaResult cuGetErrorString(CudaResult error, byte** text);

    [LibraryImport(CudaLibraries.Driver)]
    public static partial CudaResult cuDeviceGetCount(int* count);

    [LibraryImport(CudaLibraries.Driver)]
    public static partial CudaResult cuDeviceGet(int* device, int ordinal);

    [LibraryImport(CudaLibraries.Driver)]
    public static partial CudaResult cuDeviceGetName(byte* name, int length, int device);

    [LibraryImport(CudaLibraries.Driver)]
    public static partial CudaResult cuDeviceGetAttribute(int* value, DeviceAttribute attribute, int device);

    [LibraryImport(CudaLibraries.Driver)]
    public static partial CudaResult cuDeviceTotalMem_v2(nuint* bytes, int device);

    [LibraryImport(CudaLibraries.Driver)]
    public static partial CudaResult cuDevicePrimaryCtxRetain(nint* context, int device);

    [LibraryImport(CudaLibraries.Driver)]
    public static partial CudaResult cuDevicePrimaryCtxRelease_v2(int device);

    [LibraryImport(CudaLibraries.Driver)]
    public static partial CudaResult cuCtxSetCurrent(nint context);

    [LibraryImport(CudaLibraries.Driver)]
    public static partial CudaResult cuCtxSynchronize();

    [LibraryImport(CudaLibraries.Driver)]
    public static partial CudaResult cuMemAlloc_v2(ulong* address, nuint bytes);

    [LibraryImport(CudaLibraries.Driver)]
    public static partial CudaResult cuMemFree_v2(ulong address);

    [LibraryImport(CudaLibraries.Driver)]
    public static partial CudaResult cuMemHostAlloc(nint* pointer, nuint bytes, uint flags);

    [LibraryImport(CudaLibraries.Driver)]
    public static partial CudaResult cuMemFreeHost(nint pointer);

    [LibraryImport(CudaLibraries.Driver)]
    public static partial CudaResult cuMemHostRegister_v2(nint pointer, nuint bytes, uint flags);

    [LibraryImport(CudaLibraries.Driver)]
    public static partial CudaResult cuMemHostUnregister(nint pointer);

    [LibraryImport(CudaLibraries.Driver)]
    public static partial CudaResult cuMemHostGetDevicePointer_v2(ulong* address, nint pointer, uint flags);

    [LibraryImport(CudaLibraries.Driver)]
    public static partial CudaResult cuMemcpyHtoDAsync_v2(ulong destination, nint source, nuint bytes, nint stream);

    [LibraryImport(CudaLibraries.Driver)]
    public static partial CudaResult cuMemcpyDtoHAsync_v2(nint destination, ulong source, nuint bytes, nint stream);

    [LibraryImport(CudaLibraries.Driver)]
    public static partial CudaResult cuMemcpyDtoDAsync_v2(ulong destination, ulong source, nuint bytes, nint stream);

    [LibraryImport(CudaLibraries.Driver)]
    public static partial CudaResult cuMemsetD8Async(ulong destination, byte value, nuint count, nint stream);

    [LibraryImport(CudaLibraries.Driver)]
    public static partial CudaResult cuModuleLoadDataEx(nint* module, byte* image, uint count, JitOption* options, nint* values);

    [LibraryImport(CudaLibraries.Driver)]
    public static partial CudaResult cuModuleUnload(nint module);

    [LibraryImport(CudaLibraries.Driver, StringMarshalling = StringMarshalling.Utf8)]
    public static partial CudaResult cuModuleGetFunction(nint* function, nint module, string name);

    [LibraryImport(CudaLibraries.Driver)]
    public static partial CudaResult cuFuncGetAttribute(int* value, FunctionAttribute attribute, nint function);

    [LibraryImport(CudaLibraries.Driver)]
    public static partial CudaResult cuFuncSetAttribute(nint function, FunctionAttribute attribute, int value);

    [LibraryImport(CudaLibraries.Driver)]
    public static partial CudaResult cuLaunchKernel(
        nint function, uint gridX, uint gridY, uint gridZ, uint blockX, uint blockY, uint blockZ, uint sharedBytes, nint stream, void** arguments, void** extra);

    [LibraryImport(CudaLibraries.Driver)]
    public static partial CudaResult cuStreamCreate(nint* stream, uint flags);

    [LibraryImport(CudaLibraries.Driver)]
    public static partial CudaResult cuStreamDestroy_v2(nint stream);

    [LibraryImport(CudaLibraries.Driver)]
    public static partial CudaResult cuStreamSynchronize(nint stream);

    [LibraryImport(CudaLibraries.Driver)]
    public static partial CudaResult cuStreamWaitEvent(nint stream, nint recordedEvent, uint flags);

    [LibraryImport(CudaLibraries.Driver)]
    public static partial CudaResult cuEventCreate(nint* created, uint flags);

    [LibraryImport(CudaLibraries.Driver)]
    public static partial CudaResult cuEventDestroy_v2(nint handle);

    [LibraryImport(CudaLibraries.Driver)]
    public static partial CudaResult cuEventRecord(nint handle, nint stream);

    [LibraryImport(CudaLibraries.Driver)]
    public static partial CudaResult cuEventSynchronize(nint handle);

    [LibraryImport(CudaLibraries.Driver)]
    public static partial CudaResult cuEventElapsedTime(float* milliseconds, nint start, nint end);

    [LibraryImport(CudaLibraries.Driver)]
    public static partial CudaResult cuGraphCreate(nint* graph, uint flags);

    [LibraryImport(CudaLibraries.Driver)]
    public static partial CudaResult cuGraphDestroy(nint graph);

    [LibraryImport(CudaLibraries.Driver)]
    public static partial CudaResult cuGraphAddKernelNode_v2(nint* node, nint graph, nint* dependencies, nuint count, KernelNodeParameters* parameters);

    [LibraryImport(CudaLibraries.Driver)]
    public static partial CudaResult cuGraphAddMemsetNode(
        nint* node, nint graph, nint* dependencies, nuint count, MemsetNodeParameters* parameters, nint context);

    [LibraryImport(CudaLibraries.Driver)]
    public static partial CudaResult cuGraphInstantiateWithFlags(nint* executable, nint graph, ulong flags);

    [LibraryImport(CudaLibraries.Driver)]
    public static partial CudaResult cuGraphExecDestroy(nint executable);

    [LibraryImport(CudaLibraries.Driver)]
    public static partial CudaResult cuGraphExecKernelNodeSetParams_v2(nint executable, nint node, KernelNodeParameters* parameters);

    [LibraryImport(CudaLibraries.Driver)]
    public static partial CudaResult cuGraphLaunch(nint executable, nint stream);

    [LibraryImport(CudaLibraries.Driver)]
    public static partial CudaResult cuCtxGetCurrent(nint* context);
}
