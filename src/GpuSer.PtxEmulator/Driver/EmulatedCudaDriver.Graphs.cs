using GpuSer.Cuda;

namespace GpuSer.PtxEmulator;

public sealed unsafe partial class EmulatedCudaDriver
{
    /// <inheritdoc/>
    public nint GraphCreate() => Locked("cuGraphCreate", () => _handles.Add(new EmulatedGraph()));

    /// <inheritdoc/>
    public void GraphDestroy(nint graph) => Locked("cuGraphDestroy", () =>
    {
        foreach (GraphNode node in _handles.Remove<EmulatedGraph>("cuGraphDestroy", graph).Nodes)
            _handles.Remove<GraphNode>("cuGraphDestroy", node.Handle);
    });

    /// <inheritdoc/>
    public nint GraphAddKernel(
        nint graph, ReadOnlySpan<nint> dependencies, nint function, Dim3 grid, Dim3 block, int dynamicSharedBytes, void** arguments)
    {
        nint[] after = dependencies.ToArray();
        return Locked("cuGraphAddKernelNode", () =>
        {
            KernelNode kernel = MakeNode("cuGraphAddKernelNode", function, grid, block, dynamicSharedBytes, arguments);
            return AddNode("cuGraphAddKernelNode", graph, new() { After = after, Kernel = kernel });
        });
    }

    /// <inheritdoc/>
    public nint GraphAddMemorySet(nint graph, ReadOnlySpan<nint> dependencies, ulong destination, byte value, nuint count)
    {
        nint[] after = dependencies.ToArray();
        return Locked("cuGraphAddMemsetNode", () =>
        {
            _memory.FindAll("cuGraphAddMemsetNode", destination, count);
            return AddNode("cuGraphAddMemsetNode", graph, new() { After = after, Set = new(destination, value, count) });
        });
    }

    /// <inheritdoc/>
    public nint GraphInstantiate(nint graph) => Locked("cuGraphInstantiate", () =>
    {
        EmulatedGraph found = _handles.Get<EmulatedGraph>("cuGraphInstantiate", graph);
        return _handles.Add(new EmulatedGraphExec([.. InOrder(found.Nodes).Select(n => (n.Handle, n.Kernel, n.Set))]));
    });

    /// <inheritdoc/>
    public void GraphExecDestroy(nint executable) =>
        Locked("cuGraphExecDestroy", () => { _handles.Remove<EmulatedGraphExec>("cuGraphExecDestroy", executable); });

    /// <inheritdoc/>
    public void GraphExecSetKernel(nint executable, nint node, nint function, Dim3 grid, Dim3 block, int dynamicSharedBytes, void** arguments) =>
        Locked("cuGraphExecKernelNodeSetParams", () =>
        {
            const string Call = "cuGraphExecKernelNodeSetParams";
            EmulatedGraphExec exec = _handles.Get<EmulatedGraphExec>(Call, executable);
            int place = exec.Nodes.FindIndex(n => n.Handle == node && n.Kernel is not null);
            if (place < 0)
                throw new CudaException(Call, "CUDA_ERROR_INVALID_VALUE", $"0x{node:x} is no kernel node of this graph");
            exec.Nodes[place] = (node, MakeNode(Call, function, grid, block, dynamicSharedBytes, arguments), null);
        });

    /// <inheritdoc/>
    public void GraphLaunch(nint executable, nint stream) => Locked("cuGraphLaunch", () =>
    {
        CheckStream("cuGraphLaunch", stream);
        EmulatedGraphExec exec = _handles.Get<EmulatedGraphExec>("cuGraphLaunch", executable);
        _calls = _calls with { GraphLaunches = _calls.GraphLaunches + 1, GraphNodes = _calls.GraphNodes + exec.Nodes.Count };
        foreach ((_, KernelNode? kernel, SetNode? set) in exec.Nodes)
        {
            if (kernel is not null)
                Execute(kernel);
            else if (set is not null)
                Set("cuGraphLaunch", set.Destination, set.Value, set.Count);
        }
    });

    // A node's dependencies exist before it does, so the order of adding is an order of executing; and so is any that puts one node and
    // all that it waits for first.
    private IEnumerable<GraphNode> InOrder(List<GraphNode> nodes)
    {
        if (_options.EarlyGraphNode is not { } early || early >= nodes.Count)
            return nodes;
        HashSet<nint> first = [nodes[early].Handle];
        for (int i = early; i >= 0; i--)
        {
            if (first.Contains(nodes[i].Handle))
                first.UnionWith(nodes[i].After);
        }

        return nodes.OrderBy(node => !first.Contains(node.Handle)); // stable
    }

    private nint AddNode(string call, nint graph, GraphNode node)
    {
        EmulatedGraph found = _handles.Get<EmulatedGraph>(call, graph);
        foreach (nint dependency in node.After)
        {
            if (!found.Nodes.Any(n => n.Handle == dependency))
                throw new CudaException(call, "CUDA_ERROR_INVALID_VALUE", $"dependency 0x{dependency:x} is no node of this graph");
        }

        node.Handle = _handles.Add(node);
        found.Nodes.Add(node);
        return node.Handle;
    }

    private sealed record SetNode(ulong Destination, byte Value, nuint Count);

    private sealed class GraphNode
    {
        public nint Handle { get; set; }

        public required nint[] After { get; init; }

        public KernelNode? Kernel { get; init; }

        public SetNode? Set { get; init; }
    }

    private sealed class EmulatedGraph
    {
        public List<GraphNode> Nodes { get; } = [];
    }

    private sealed class EmulatedGraphExec(List<(nint Handle, KernelNode? Kernel, SetNode? Set)> nodes)
    {
        public List<(nint Handle, KernelNode? Kernel, SetNode? Set)> Nodes { get; } = nodes;
    }
}
