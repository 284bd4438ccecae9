using System.Text;
using GpuSer.Cuda;

namespace GpuSer.Tests.Cuda;

public sealed class KernelLaunchTests : IDisposable
{
    private const string Ptx = """
        .version 6.4
        .target sm_70
        .address_size 64
        .visible .entry scale(.param .u32 count, .param .u64 values, .param .f32 factor)
        .maxntid 256, 1, 1
        {
          ret;
        }
        """;

    private readonly RecordingDriver _driver = new();
    private readonly CudaContext _context;
    private readonly CudaModule _module;
    private readonly CudaKernel _kernel;

    public KernelLaunchTests()
    {
        _context = new CudaContext(_driver);
        _module = new CudaModule(_context, Encoding.ASCII.GetBytes(Ptx));
        _kernel = _module.GetKernel("scale");
    }

    [Fact]
    public void A_launch_that_fits_passes_its_extents_and_arguments()
    {
        KernelLaunch launch = new(_kernel, new Dim3(3, 2), 64, 512, 42, 0x1000ul, 0.5f);
        launch.Run(CudaStream.Default(_context));
        launch.Set(0, 43);
        launch.Run(CudaStream.Default(_context));

        Assert.Equal(["launch 3x2 64 512 first=42", "launch 3x2 64 512 first=43"], _driver.Calls[^2..]);
    }

    [Fact]
    public void A_wrong_number_of_arguments_is_refused() => Refused("takes 3 arguments, got 2", () => new KernelLaunch(_kernel, 1, 32, 0, 42, 0x1000ul));

    [Fact]
    public void An_argument_of_another_size_is_refused() => Refused("parameter 1 is .u64 of 8 bytes", () => new KernelLaunch(_kernel, 1, 32, 0, 42, 7, 0.5f));

    [Fact]
    public void A_number_of_the_wrong_kind_is_refused()
    {
        Refused("parameter 2 is .f32", () => new KernelLaunch(_kernel, 1, 32, 0, 42, 0x1000ul, 1));
        Refused("parameter 0 is .u32", () => new KernelLaunch(_kernel, 1, 32, 0, 1f, 0x1000ul, 1f));
        KernelLaunch launch = new(_kernel, 1, 32, 0, 42, 0x1000ul, 0.5f);
        Assert.Throws<ArgumentException>(() => launch.Set(2, 1));
    }

    [Fact]
    public void A_block_over_the_kernels_own_limit_is_refused() => Refused("at most 256", () => Launch(1, 257));

    [Fact]
    public void A_block_over_the_drivers_limit_for_the_kernel_is_refused()
    {
        _driver.Function = new CudaFunctionInfo(128, 0, 0, 200);
        CudaKernel heavy = _module.GetKernel("scale");
        Refused("at most 128", () => new KernelLaunch(heavy, 1, 256, 0, 42, 0x1000ul, 0.5f));
    }

    [Fact]
    public void Extents_outside_the_device_are_refused()
    {
        Refused("grid of 0", () => Launch(0, 32));
        Refused("grid of 1x70000", () => Launch(new Dim3(1, 70000), 32));
        Refused("block of 1x1x65", () => Launch(1, new Dim3(1, 1, 65)));
    }

    [Fact]
    public void Shared_memory_beyond_the_usual_limit_is_opted_in_to_and_beyond_the_device_refused()
    {
        _ = new KernelLaunch(_kernel, 1, 32, 48 * 1024, 42, 0x1000ul, 0.5f);
        Assert.DoesNotContain(_driver.Calls, call => call.StartsWith("optIn", StringComparison.Ordinal));

        _ = new KernelLaunch(_kernel, 1, 32, 64 * 1024, 42, 0x1000ul, 0.5f);
        Assert.Equal("optIn 98304", _driver.Calls[^1]);

        Refused("the device has 98304", () => new KernelLaunch(_kernel, 1, 32, 100_000, 42, 0x1000ul, 0.5f));
    }

    [Fact]
    public void A_graph_keeps_dependencies_and_takes_new_arguments()
    {
        KernelLaunch first = new(_kernel, 1, 32, 0, 1, 0x1000ul, 0.5f), second = new(_kernel, 1, 32, 0, 2, 0x1000ul, 0.5f);
        using CudaGraph graph = new(_context);
        CudaGraphNode node = graph.Add(first);
        graph.Add(second, node);
        using CudaGraphExec executable = graph.Instantiate();
        first.Set(0, 7);
        executable.Update(node, first);
        executable.Launch(CudaStream.Default(_context));

        Assert.Equal(["graph", "node after 0 first=1", "node after 1 first=2", "instantiate", "update first=7", "graphLaunch"], _driver.Calls[^6..]);
    }

    [Fact]
    public void A_launch_allocates_nothing()
    {
        KernelLaunch launch = new(_kernel, 1, 32, 0, 42, 0x1000ul, 0.5f);
        CudaStream stream = CudaStream.Default(_context);
        _driver.Quiet = true;
        launch.Run(stream);

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 100; i++)
        {
            launch.Set(0, i);
            launch.Run(stream);
        }

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    [Fact]
    public void An_entry_point_that_is_not_there_is_named_with_those_that_are()
    {
        CudaException error = Assert.Throws<CudaException>(() => _module.GetKernel("sacle"));
        Assert.Contains("sacle", error.Message, StringComparison.Ordinal);
        Assert.Contains("scale", error.Message, StringComparison.Ordinal);
    }

    public void Dispose()
    {
        _module.Dispose();
        _context.Dispose();
        _driver.Dispose();
    }

    private KernelLaunch Launch(Dim3 grid, Dim3 block) => new(_kernel, grid, block, 0, 42, 0x1000ul, 0.5f);

    private static void Refused(string why, Func<KernelLaunch> launch)
    {
        ArgumentException error = Assert.Throws<ArgumentException>(launch);
        Assert.StartsWith("scale: ", error.Message, StringComparison.Ordinal);
        Assert.Contains(why, error.Message, StringComparison.Ordinal);
    }
}
