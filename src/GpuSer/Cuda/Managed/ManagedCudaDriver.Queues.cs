using ManagedCuda.BasicTypes;
using static ManagedCuda.DriverAPINativeMethods;

namespace GpuSer.Cuda.Managed;

// Streams, events and graphs.
internal sealed unsafe partial class ManagedCudaDriver
{
    /// <inheritdoc/>
    public nint StreamCreate()
    {
        CUstream stream = default;
        Check(Streams.cuStreamCreate(ref stream, CUStreamFlags.NonBlocking));
        return stream.Pointer;
    }

    /// <inheritdoc/>
    public void StreamDestroy(nint stream) => Check(Streams.cuStreamDestroy_v2(Stream(stream)));

    /// <inheritdoc/>
    public void StreamSynchronize(nint stream) => Check(Streams.cuStreamSynchronize(Stream(stream)));

    /// <inheritdoc/>
    public void StreamWaitEvent(nint stream, nint recordedEvent) => Check(Streams.cuStreamWaitEvent(Stream(stream), Event(recordedEvent), 0));

    /// <inheritdoc/>
    public nint EventCreate(bool timing)
    {
        CUevent created = default;
        Check(Events.cuEventCreate(ref created, timing ? CUEventFlags.Default : CUEventFlags.DisableTiming));
        return created.Pointer;
    }

    /// <inheritdoc/>
    public void EventDestroy(nint handle) => Check(Events.cuEventDestroy_v2(Event(handle)));

    /// <inheritdoc/>
    public void EventRecord(nint handle, nint stream) => Check(Events.cuEventRecord(Event(handle), Stream(stream)));

    /// <inheritdoc/>
    public void EventSynchronize(nint handle) => Check(Events.cuEventSynchronize(Event(handle)));

    /// <inheritdoc/>
    public float EventElapsed(nint start, nint end)
    {
        float milliseconds = 0;
        Check(Events.cuEventElapsedTime(ref milliseconds, Event(start), Event(end)));
        return milliseconds;
    }

    /// <inheritdoc/>
    public nint GraphCreate()
    {
        CUgraph graph = default;
        Check(GraphManagment.cuGraphCreate(ref graph, 0));
        return graph.Pointer;
    }

    /// <inheritdoc/>
    public void GraphDestroy(nint graph) => Check(GraphManagment.cuGraphDestroy(Graph(graph)));

    /// <inheritdoc/>
    public nint GraphAddKernel(
        nint graph, ReadOnlySpan<nint> dependencies, nint function, Dim3 grid, Dim3 block, int dynamicSharedBytes, void** arguments)
    {
        CudaKernelNodeParams parameters = Kernel(function, grid, block, dynamicSharedBytes, arguments);
        CUgraphNode node = default;
        Check(GraphManagment.cuGraphAddKernelNode(ref node, Graph(graph), Nodes(dependencies), dependencies.Length, ref parameters));
        return node.Pointer;
    }

    /// <inheritdoc/>
    public nint GraphAddMemorySet(nint graph, ReadOnlySpan<nint> dependencies, ulong destination, byte value, nuint count)
    {
        CudaMemsetNodeParams parameters = new() { dst = Address(destination), value = value, elementSize = 1, width = count, height = 1 };
        CUcontext context = default;
        Check(ContextManagement.cuCtxGetCurrent(ref context));
        CUgraphNode node = default;
        Check(GraphManagment.cuGraphAddMemsetNode(ref node, Graph(graph), Nodes(dependencies), dependencies.Length, ref parameters, context));
        return node.Pointer;
    }

    /// <inheritdoc/>
    public nint GraphInstantiate(nint graph)
    {
        CUgraphExec executable = default;
        Check(GraphManagment.cuGraphInstantiate(ref executable, Graph(graph), CUgraphInstantiate_flags.None));
        return executable.Pointer;
    }

    /// <inheritdoc/>
    public void GraphExecDestroy(nint executable) => Check(GraphManagment.cuGraphExecDestroy(Executable(executable)));

    /// <inheritdoc/>
    public void GraphExecSetKernel(
        nint executable, nint node, nint function, Dim3 grid, Dim3 block, int dynamicSharedBytes, void** arguments)
    {
        CudaKernelNodeParams parameters = Kernel(function, grid, block, dynamicSharedBytes, arguments);
        Check(GraphManagment.cuGraphExecKernelNodeSetParams(Executable(executable), new CUgraphNode { Pointer = node }, ref parameters));
    }

    /// <inheritdoc/>
    public void GraphLaunch(nint executable, nint stream) => Check(GraphManagment.cuGraphLaunch(Executable(executable), Stream(stream)));

    private static CUevent Event(nint handle) => new() { Pointer = handle };

    private static CUgraph Graph(nint handle) => new() { Pointer = handle };

    private static CUgraphExec Executable(nint handle) => new() { Pointer = handle };

    private static CUgraphNode[] Nodes(ReadOnlySpan<nint> handles)
    {
        CUgraphNode[] nodes = new CUgraphNode[handles.Length];
        for (int i = 0; i < nodes.Length; i++)
            nodes[i].Pointer = handles[i];
        return nodes;
    }

    private static CudaKernelNodeParams Kernel(nint function, Dim3 grid, Dim3 block, int dynamicSharedBytes, void** arguments) => new()
    {
        func = new CUfunction { Pointer = function },
        gridDimX = (uint)grid.X,
        gridDimY = (uint)grid.Y,
        gridDimZ = (uint)grid.Z,
        blockDimX = (uint)block.X,
        blockDimY = (uint)block.Y,
        blockDimZ = (uint)block.Z,
        sharedMemBytes = (uint)dynamicSharedBytes,
        kernelParams = (nint)arguments,
    };
}
