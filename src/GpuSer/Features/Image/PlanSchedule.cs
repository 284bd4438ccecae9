using GpuSer.Cuda;

namespace GpuSer.Features.Image;

/// <summary>A kernel or a library call of a <see cref="PlanSchedule"/>.</summary>
/// <param name="Graph">Number of the graph that the kernel is in, or that the call comes after.</param>
/// <param name="Kernel">The graph's node, or null for a call.</param>
internal readonly record struct PlanNode(int Graph, CudaGraphNode? Kernel);

/// <summary>
/// Kernels and library calls, with what each waits for. cuFFT and cuBLAS launch kernels of their own, which no graph built node by node can
/// hold: calls are queued on the stream between graphs, and each kernel goes into the first graph that what it waits for allows. Without
/// calls there is one graph.
/// </summary>
internal sealed class PlanSchedule(CudaContext context) : IDisposable
{
    private readonly List<CudaGraph> _graphs = [];
    private readonly List<CudaGraphExec> _executables = [];
    private readonly List<(int Graph, Action<CudaStream> Call)> _calls = [];
    private readonly Dictionary<KernelLaunch, PlanNode> _nodes = [];

    /// <summary>Adds a kernel that runs after <paramref name="after"/>.</summary>
    public PlanNode Add(KernelLaunch launch, params ReadOnlySpan<PlanNode> after)
    {
        int graph = 0;
        foreach (PlanNode node in after)
            graph = Math.Max(graph, node.Kernel is null ? node.Graph + 1 : node.Graph);
        while (_graphs.Count <= graph)
            _graphs.Add(new CudaGraph(context));

        // What is in an earlier graph, or between graphs, comes before by the stream's order.
        List<CudaGraphNode> dependencies = [];
        foreach (PlanNode node in after)
        {
            if (node.Graph == graph && node.Kernel is { } kernel)
                dependencies.Add(kernel);
        }

        PlanNode added = new(graph, _graphs[graph].Add(launch, [.. dependencies]));
        _nodes.Add(launch, added);
        return added;
    }

    /// <summary>Adds a call that queues a library's work on a stream, after <paramref name="after"/>, of which there is at least one.</summary>
    public PlanNode Add(Action<CudaStream> call, params ReadOnlySpan<PlanNode> after)
    {
        int graph = 0;
        foreach (PlanNode node in after)
            graph = Math.Max(graph, node.Graph);
        _calls.Add((graph, call));
        return new PlanNode(graph, null);
    }

    /// <summary>Makes the graphs executable, once all is added.</summary>
    public void Instantiate()
    {
        foreach (CudaGraph graph in _graphs)
            _executables.Add(graph.Instantiate());
    }

    /// <summary>Takes over a kernel's changed arguments for later runs.</summary>
    public void Update(KernelLaunch launch)
    {
        PlanNode node = _nodes[launch];
        _executables[node.Graph].Update(node.Kernel!.Value, launch);
    }

    /// <summary>Queues everything on a stream.</summary>
    public void Run(CudaStream stream)
    {
        for (int graph = 0; graph < _executables.Count; graph++)
        {
            _executables[graph].Launch(stream);
            foreach ((int after, Action<CudaStream> call) in _calls)
            {
                if (after == graph)
                    call(stream);
            }
        }
    }

    public void Dispose()
    {
        foreach (CudaGraphExec executable in _executables)
            executable.Dispose();
        foreach (CudaGraph graph in _graphs)
            graph.Dispose();
    }
}
