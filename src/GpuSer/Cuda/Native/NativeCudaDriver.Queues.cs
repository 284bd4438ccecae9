using static GpuSer.Cuda.Native.CudaImports;

namespace GpuSer.Cuda.Native;

// Streams, events and graphs.
internal sealed unsafe partial class NativeCudaDriver
{
    /// <inheritdoc/>
    public nint StreamCreate()
    {
        nint stream;
        Check(cuStreamCreate(&stream, StreamNonBlocking));
        return stream;
    }

    /// <inheritdoc/>
    public void StreamDestroy(nint stream) => Check(cuStreamDestroy_v2(stream));

    /// <inheritdoc/>
    public void StreamSynchronize(nint stream) => Check(cuStreamSynchronize(stream));

    /// <inheritdoc/>
    public void StreamWaitEvent(nint stream, nint recordedEvent) => Check(cuStreamWaitEvent(stream, recordedEvent, 0));

    /// <inheritdoc/>
    public nint EventCreate(bool timing)
    {
        nint created;
        Check(cuEventCreate(&created, timing ? 0 : EventDisableTiming));
        return created;
    }

    /// <inheritdoc/>
    public void EventDestroy(nint handle) => Check(cuEventDestroy_v2(handle));

    /// <inheritdoc/>
    public void EventRecord(nint handle, nint stream) => Check(cuEventRecord(handle, stream));

    /// <inheritdoc/>
    public void EventSynchronize(nint handle) => Check(cuEventSynchronize(handle));

    /// <inheritdoc/>
    public float EventElapsed(nint start, nint end)
    {
        float milliseconds;
        Check(cuEventElapsedTime(&milliseconds, start, end));
        return milliseconds;
    }

    /// <inheritdoc/>
    public nint GraphCreate()
    {
        nint graph;
        Check(cuGraphCreate(&graph, 0));
        return graph;
    }

    /// <inheritdoc/>
    public void GraphDestroy(nint graph) => Check(cuGraphDestroy(graph));

    /// <inheritdoc/>
    public nint GraphAddKernel(
        nint graph, ReadOnlySpan<nint> dependencies, nint function, Dim3 grid, Dim3 block, int dynamicSharedBytes, void** arguments)
    {
        KernelNodeParameters parameters = Kernel(function, grid, block, dynamicSharedBytes, arguments);
        nint node;
        fixed (nint* before = dependencies)
            Check(cuGraphAddKernelNode_v2(&node, graph, before, (nuint)dependencies.Length, &parameters));
        return node;
    }

    /// <inheritdoc/>
    public nint GraphAddMemorySet(nint graph, ReadOnlySpan<nint> dependencies, ulong destination, byte value, nuint count)
    {
        MemsetNodeParameters parameters = new() { Destination = destination, Value = value, ElementBytes = 1, Width = count, Height = 1 };
        nint node, context;
        Check(cuCtxGetCurrent(&context));
        fixed (nint* before = dependencies)
            Check(cuGraphAddMemsetNode(&node, graph, before, (nuint)dependencies.Length, &parameters, context));
        return node;
    }

    /// <inheritdoc/>
    public nint GraphInstantiate(nint graph)
    {
        nint executable;
        Check(cuGraphInstantiateWithFlags(&executable, graph, 0));
        return executable;
    }

    /// <inheritdoc/>
    public void GraphExecDestroy(nint executable) => Check(cuGraphExecDestroy(executable));

    /// <inheritdoc/>
    public void GraphExecSetKernel(
        nint executable, nint node, nint function, Dim3 grid, Dim3 block, int dynamicSharedBytes, void** arguments)
    {
        KernelNodeParameters parameters = Kernel(function, grid, block, dynamicSharedBytes, arguments);
        Check(cuGraphExecKernelNodeSetParams_v2(executable, node, &parameters));
    }

    /// <inheritdoc/>
    public void GraphLaunch(nint executable, nint stream) => Check(cuGraphLaunch(executable, stream));

    private static KernelNodeParameters Kernel(nint function, Dim3 grid, Dim3 block, int dynamicSharedBytes, void** arguments) => new()
    {
        Function = function,
        GridX = (uint)grid.X,
        GridY = (uint)grid.Y,
        GridZ = (uint)grid.Z,
        BlockX = (uint)block.X,
        BlockY = (uint)block.Y,
        BlockZ = (uint)block.Z,
        SharedBytes = (uint)dynamicSharedBytes,
        Arguments = arguments,
    };
}
