using GpuSer.Cuda.Ptx;

namespace GpuSer.Cuda;

/// <summary>
/// A kernel with its grid, block and arguments, checked against the PTX entry and the device's limits: the one door through
/// which kernels are launched, on a stream or as nodes of a graph. A launch allocates nothing.
/// </summary>
internal sealed unsafe class KernelLaunch
{
    // Above this a kernel must opt in to its dynamic shared memory (CUDA C++ programming guide, "Shared memory" per capability).
    private const int SharedBytesWithoutOptIn = 48 * 1024;

    // Pinned: the driver reads the values through their addresses.
    private readonly ulong[] _values;
    private readonly nint[] _pointers;

    /// <summary>Checks and keeps a launch.</summary>
    /// <param name="kernel">The entry point.</param>
    /// <param name="grid">Grid, in blocks.</param>
    /// <param name="block">Block, in threads.</param>
    /// <param name="dynamicSharedBytes">Dynamic shared memory, in bytes a block.</param>
    /// <param name="arguments">One value per parameter, in order.</param>
    /// <exception cref="ArgumentException">An extent, the shared memory or an argument does not fit the kernel or the device.</exception>
    public KernelLaunch(CudaKernel kernel, Dim3 grid, Dim3 block, int dynamicSharedBytes, params ReadOnlySpan<KernelArgument> arguments)
    {
        ArgumentNullException.ThrowIfNull(kernel);
        (Kernel, Grid, Block, DynamicSharedBytes) = (kernel, grid, block, dynamicSharedBytes);
        CheckExtents();
        int count = kernel.Signature.Parameters.Count;
        if (arguments.Length != count)
            throw Refuse($"takes {count} arguments, got {arguments.Length}");
        _values = GC.AllocateArray<ulong>(Math.Max(1, count), pinned: true);
        _pointers = GC.AllocateArray<nint>(Math.Max(1, count), pinned: true);
        fixed (ulong* values = _values)
        {
            for (int i = 0; i < count; i++)
            {
                _pointers[i] = (nint)(values + i);
                Set(i, arguments[i]);
            }
        }

        // The limit is the entry point's and not the launch's: all that the device has, so that no launch lowers another's.
        if (kernel.Info.StaticSharedBytes + dynamicSharedBytes > SharedBytesWithoutOptIn)
        {
            int most = kernel.Context.Device.MaxSharedBytesPerBlock - kernel.Info.StaticSharedBytes;
            kernel.Context.Call(static (driver, s) => driver.FunctionSetDynamicSharedBytes(s.Function, s.most), (kernel.Function, most));
        }
    }

    /// <summary>The entry point.</summary>
    public CudaKernel Kernel { get; }

    /// <summary>Grid, in blocks.</summary>
    public Dim3 Grid { get; }

    /// <summary>Block, in threads.</summary>
    public Dim3 Block { get; }

    /// <summary>Dynamic shared memory, in bytes a block.</summary>
    public int DynamicSharedBytes { get; }

    private void** Pointers => (void**)System.Runtime.InteropServices.Marshal.UnsafeAddrOfPinnedArrayElement(_pointers, 0);

    /// <summary>Replaces one argument.</summary>
    /// <exception cref="ArgumentException">It does not fit the parameter.</exception>
    public void Set(int index, KernelArgument value)
    {
        PtxParameter parameter = Kernel.Signature.Parameters[index];
        bool isFloat = parameter.Type is "f32" or "f64";
        bool isBits = parameter.Type[0] == 'b';
        if (value.Bytes != parameter.Bytes || (!isBits && value.IsFloat != isFloat))
            throw Refuse($"parameter {index} is .{parameter.Type} of {parameter.Bytes} bytes, got {value}");
        _values[index] = value.Bits;
    }

    /// <summary>Queues the kernel on a stream.</summary>
    public void Run(CudaStream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        Kernel.Context.Call(
            static (driver, s) => driver.Launch(s.launch.Kernel.Function, s.launch.Grid, s.launch.Block, s.launch.DynamicSharedBytes, s.Handle, s.launch.Pointers),
            (launch: this, stream.Handle));
    }

    internal nint AddTo(nint graph, nint[] dependencies) => Kernel.Context.Call(
        static (driver, s) => driver.GraphAddKernel(
            s.graph, s.dependencies, s.launch.Kernel.Function, s.launch.Grid, s.launch.Block, s.launch.DynamicSharedBytes, s.launch.Pointers),
        (launch: this, graph, dependencies));

    internal void Update(nint executable, nint node) => Kernel.Context.Call(
        static (driver, s) => driver.GraphExecSetKernel(
            s.executable, s.node, s.launch.Kernel.Function, s.launch.Grid, s.launch.Block, s.launch.DynamicSharedBytes, s.launch.Pointers),
        (launch: this, executable, node));

    private void CheckExtents()
    {
        CudaDeviceInfo device = Kernel.Context.Device;
        CheckExtent("grid", Grid, device.MaxGrid);
        CheckExtent("block", Block, device.MaxBlock);
        int threads = Math.Min(device.MaxThreadsPerBlock, Kernel.Info.MaxThreadsPerBlock);
        threads = Math.Min(threads, Kernel.Signature.MaxThreads ?? threads);
        if (Block.Count > threads)
            throw Refuse($"a block of {Block} has {Block.Count} threads, at most {threads} are allowed");
        if (Kernel.Signature.RequiredBlock is { } required && required != Block)
            throw Refuse($"needs blocks of {required}, got {Block}");
        long shared = (long)Kernel.Info.StaticSharedBytes + DynamicSharedBytes;
        if (DynamicSharedBytes < 0 || shared > device.MaxSharedBytesPerBlock)
            throw Refuse($"{shared} bytes of shared memory a block, the device has {device.MaxSharedBytesPerBlock}");
    }

    private void CheckExtent(string what, Dim3 extent, Dim3 most)
    {
        if (extent.X < 1 || extent.Y < 1 || extent.Z < 1 || extent.X > most.X || extent.Y > most.Y || extent.Z > most.Z)
            throw Refuse($"a {what} of {extent} is outside 1 to {most}");
    }

    private ArgumentException Refuse(string reason) => new($"{Kernel.Name}: {reason}");
}
