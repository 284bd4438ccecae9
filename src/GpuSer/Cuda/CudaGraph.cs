namespace GpuSer.Cuda;

/// <summary>A node of a <see cref="CudaGraph"/>.</summary>
public readonly record struct CudaGraphNode
{
    internal CudaGraphNode(nint handle) => Handle = handle;

    internal nint Handle { get; }
}

/// <summary>Kernels and what each waits for, built node by node and launched as a whole.</summary>
internal sealed class CudaGraph : IDisposable
{
    private readonly CudaContext _context;
    private readonly CudaHandle _handle;

    /// <summary>Creates an empty graph.</summary>
    public CudaGraph(CudaContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        _context = context;
        nint graph = context.Call(static (driver, _) => driver.GraphCreate(), 0);
        _handle = new CudaHandle(context, graph, static (driver, handle) => driver.GraphDestroy(handle));
    }

    /// <summary>Adds a kernel that runs after <paramref name="dependencies"/>.</summary>
    public CudaGraphNode Add(KernelLaunch launch, params ReadOnlySpan<CudaGraphNode> dependencies)
    {
        ArgumentNullException.ThrowIfNull(launch);
        nint[] handles = new nint[dependencies.Length];
        for (int i = 0; i < handles.Length; i++)
            handles[i] = dependencies[i].Handle;
        return new CudaGraphNode(launch.AddTo(_handle.Value, handles));
    }

    /// <summary>Makes the graph executable; later additions do not change what is returned.</summary>
    public CudaGraphExec Instantiate() => new(_context, _context.Call(static (driver, graph) => driver.GraphInstantiate(graph), _handle.Value));

    /// <inheritdoc/>
    public void Dispose() => _handle.Dispose();
}

/// <summary>An executable graph.</summary>
internal sealed class CudaGraphExec : IDisposable
{
    private readonly CudaContext _context;
    private readonly CudaHandle _handle;

    internal CudaGraphExec(CudaContext context, nint executable)
    {
        _context = context;
        _handle = new CudaHandle(context, executable, static (driver, handle) => driver.GraphExecDestroy(handle));
    }

    /// <summary>Replaces the arguments of one kernel node for later launches.</summary>
    public void Update(CudaGraphNode node, KernelLaunch launch)
    {
        ArgumentNullException.ThrowIfNull(launch);
        launch.Update(_handle.Value, node.Handle);
    }

    /// <summary>Queues the whole graph on a stream.</summary>
    public void Launch(CudaStream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        _context.Call(static (driver, s) => driver.GraphLaunch(s.Value, s.Handle), (_handle.Value, stream.Handle));
    }

    /// <inheritdoc/>
    public void Dispose() => _handle.Dispose();
}
