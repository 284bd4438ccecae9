namespace GpuSer.Cuda;

/// <summary>
/// The CUDA driver as GpuSer needs it: the one seam between the library and whatever executes its kernels
/// (libcuda, ManagedCuda, or the PTX emulator).
/// </summary>
/// <remarks>
/// <para>
/// The members follow the CUDA driver API one to one; <c>cuFoo</c> names the call in each summary. Handles are opaque
/// (<see cref="nint"/>), device addresses are <see cref="ulong"/>, and nothing here owns anything: ownership, lifetime and
/// argument checks belong to the classes that stand on this interface (<c>CudaContext</c>, <c>DeviceBuffer</c>, ...).
/// </para>
/// <para>
/// Every failure is a <see cref="CudaException"/>; no member returns a status. A stream handle of 0 is the context's
/// default stream. Members are safe to call from any thread that has made the context current.
/// </para>
/// </remarks>
public unsafe interface ICudaDriver : IDisposable
{
    /// <summary>Provider's short name, as <c>--device</c> spells it: <c>cuda</c> or <c>emulated</c>.</summary>
    string Name { get; }

    /// <summary>What executes kernels and in which version, for a person: <c>CUDA 12.8, release 570.86.15</c> (<c>cuDriverGetVersion</c>).</summary>
    string Version { get; }

    /// <summary>Number of devices (<c>cuDeviceGetCount</c>).</summary>
    int DeviceCount { get; }

    /// <summary>Name and limits of a device (<c>cuDeviceGetName</c>, <c>cuDeviceGetAttribute</c>, <c>cuDeviceTotalMem</c>).</summary>
    CudaDeviceInfo GetDevice(int ordinal);

    // ---- context -------------------------------------------------------------------------------------------------

    /// <summary>Retains the device's primary context, the one torch uses too (<c>cuDevicePrimaryCtxRetain</c>).</summary>
    nint ContextRetain(int ordinal);

    /// <summary>Releases it (<c>cuDevicePrimaryCtxRelease</c>).</summary>
    void ContextRelease(int ordinal);

    /// <summary>Binds the context to the calling thread (<c>cuCtxSetCurrent</c>).</summary>
    void ContextSetCurrent(nint context);

    /// <summary>Waits for all work of the current context (<c>cuCtxSynchronize</c>).</summary>
    void ContextSynchronize();

    // ---- memory --------------------------------------------------------------------------------------------------

    /// <summary>Allocates device memory, aligned to 256 bytes (<c>cuMemAlloc</c>).</summary>
    /// <exception cref="CudaOutOfMemoryException">The device has no room for <paramref name="bytes"/>.</exception>
    ulong MemoryAllocate(nuint bytes);

    /// <summary>Frees device memory (<c>cuMemFree</c>).</summary>
    void MemoryFree(ulong address);

    /// <summary>Allocates page-locked host memory (<c>cuMemHostAlloc</c>).</summary>
    nint HostAllocate(nuint bytes);

    /// <summary>Frees page-locked host memory (<c>cuMemFreeHost</c>).</summary>
    void HostFree(nint pointer);

    /// <summary>
    /// Makes host memory addressable by kernels and returns its device address (<c>cuMemHostRegister</c> with the
    /// device-map flag, <c>cuMemHostGetDevicePointer</c>). On the emulator this is how a torch CPU tensor becomes a
    /// kernel's destination.
    /// </summary>
    ulong HostRegister(nint pointer, nuint bytes);

    /// <summary>Withdraws memory registered by <see cref="HostRegister"/> (<c>cuMemHostUnregister</c>).</summary>
    void HostUnregister(nint pointer);

    /// <summary>Copies host to device in stream order (<c>cuMemcpyHtoDAsync</c>).</summary>
    void CopyHostToDevice(ulong destination, nint source, nuint bytes, nint stream);

    /// <summary>Copies device to host in stream order (<c>cuMemcpyDtoHAsync</c>).</summary>
    void CopyDeviceToHost(nint destination, ulong source, nuint bytes, nint stream);

    /// <summary>Copies within the device in stream order (<c>cuMemcpyDtoDAsync</c>).</summary>
    void CopyDeviceToDevice(ulong destination, ulong source, nuint bytes, nint stream);

    /// <summary>Sets <paramref name="count"/> bytes in stream order (<c>cuMemsetD8Async</c>).</summary>
    void MemorySet(ulong destination, byte value, nuint count, nint stream);

    /// <summary>
    /// Says, in stream order, that what this memory holds is of no further use. A GPU does nothing about it; the emulator counts
    /// the memory as unwritten again, so that a plan that reads what an earlier run left behind is caught.
    /// </summary>
    void MemoryDiscard(ulong address, nuint bytes, nint stream)
    {
    }

    // ---- modules -------------------------------------------------------------------------------------------------

    /// <summary>Loads PTX text, zero-terminated or not (<c>cuModuleLoadDataEx</c>); the JIT's log is in the exception.</summary>
    nint ModuleLoad(ReadOnlySpan<byte> ptx);

    /// <summary>Unloads a module (<c>cuModuleUnload</c>).</summary>
    void ModuleUnload(nint module);

    /// <summary>Finds an entry point by name (<c>cuModuleGetFunction</c>).</summary>
    nint ModuleGetFunction(nint module, string name);

    /// <summary>Limits and resource use of an entry point (<c>cuFuncGetAttribute</c>).</summary>
    CudaFunctionInfo GetFunction(nint function);

    /// <summary>Allows an entry point up to that many bytes of dynamic shared memory (<c>cuFuncSetAttribute</c>); the last call counts, for every launch.</summary>
    void FunctionSetDynamicSharedBytes(nint function, int bytes);

    /// <summary>Launches a kernel (<c>cuLaunchKernel</c>); <paramref name="arguments"/> points at one pointer per argument.</summary>
    void Launch(nint function, Dim3 grid, Dim3 block, int dynamicSharedBytes, nint stream, void** arguments);

    // ---- streams and events --------------------------------------------------------------------------------------

    /// <summary>Creates a stream that does not wait for the default stream (<c>cuStreamCreate</c>, non-blocking).</summary>
    nint StreamCreate();

    /// <summary>Destroys a stream (<c>cuStreamDestroy</c>).</summary>
    void StreamDestroy(nint stream);

    /// <summary>Waits for all work queued on the stream (<c>cuStreamSynchronize</c>).</summary>
    void StreamSynchronize(nint stream);

    /// <summary>Makes later work of the stream wait for an event (<c>cuStreamWaitEvent</c>).</summary>
    void StreamWaitEvent(nint stream, nint recordedEvent);

    /// <summary>Creates an event (<c>cuEventCreate</c>); without <paramref name="timing"/> it is cheaper.</summary>
    nint EventCreate(bool timing);

    /// <summary>Destroys an event (<c>cuEventDestroy</c>).</summary>
    void EventDestroy(nint handle);

    /// <summary>Records an event in stream order (<c>cuEventRecord</c>).</summary>
    void EventRecord(nint handle, nint stream);

    /// <summary>Waits until a recorded event has happened (<c>cuEventSynchronize</c>).</summary>
    void EventSynchronize(nint handle);

    /// <summary>Milliseconds between two recorded events (<c>cuEventElapsedTime</c>).</summary>
    float EventElapsed(nint start, nint end);

    // ---- graphs --------------------------------------------------------------------------------------------------

    /// <summary>Creates an empty graph (<c>cuGraphCreate</c>).</summary>
    nint GraphCreate();

    /// <summary>Destroys a graph (<c>cuGraphDestroy</c>).</summary>
    void GraphDestroy(nint graph);

    /// <summary>Adds a kernel node that runs after <paramref name="dependencies"/> (<c>cuGraphAddKernelNode</c>).</summary>
    nint GraphAddKernel(
        nint graph, ReadOnlySpan<nint> dependencies, nint function, Dim3 grid, Dim3 block, int dynamicSharedBytes, void** arguments);

    /// <summary>Adds a node that sets bytes of device memory (<c>cuGraphAddMemsetNode</c>).</summary>
    nint GraphAddMemorySet(nint graph, ReadOnlySpan<nint> dependencies, ulong destination, byte value, nuint count);

    /// <summary>Makes a graph executable (<c>cuGraphInstantiate</c>).</summary>
    nint GraphInstantiate(nint graph);

    /// <summary>Destroys an executable graph (<c>cuGraphExecDestroy</c>).</summary>
    void GraphExecDestroy(nint executable);

    /// <summary>Replaces the arguments of one kernel node of an executable graph (<c>cuGraphExecKernelNodeSetParams</c>).</summary>
    void GraphExecSetKernel(
        nint executable, nint node, nint function, Dim3 grid, Dim3 block, int dynamicSharedBytes, void** arguments);

    /// <summary>Launches an executable graph (<c>cuGraphLaunch</c>).</summary>
    void GraphLaunch(nint executable, nint stream);

    // ---- cuFFT and cuBLAS, looked up when first used --------------------------------------------------------------

    /// <summary>
    /// Plans <paramref name="batch"/> one-dimensional transforms of <paramref name="size"/> points with the given strides
    /// between consecutive transforms, in elements (<c>cufftPlanMany</c>).
    /// </summary>
    nint FftPlan(int size, FftKind kind, int batch, int inputDistance, int outputDistance);

    /// <summary>Destroys a transform plan (<c>cufftDestroy</c>).</summary>
    void FftDestroy(nint plan);

    /// <summary>Runs a plan on device memory in stream order (<c>cufftSetStream</c>, <c>cufftExecR2C</c>, <c>cufftExecC2R</c>); unnormalised.</summary>
    void FftExecute(nint plan, ulong input, ulong output, nint stream);

    /// <summary>Creates a cuBLAS handle (<c>cublasCreate</c>).</summary>
    nint BlasCreate();

    /// <summary>Destroys a cuBLAS handle (<c>cublasDestroy</c>).</summary>
    void BlasDestroy(nint handle);

    /// <summary>
    /// <c>C = alpha * op(A) op(B) + beta * C</c> for a batch of column-major matrices in stream order, in full float32
    /// (<c>cublasSetStream</c>, <c>cublasSgemmStridedBatched</c>).
    /// </summary>
    void BlasGemm(nint handle, nint stream, in GemmArguments arguments);
}
