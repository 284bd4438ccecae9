using System.Text;
using GpuSer.Cuda;
using GpuSer.PtxEmulator.Counters;

namespace GpuSer.PtxEmulator.Tests.Driver;

public unsafe class DriverTests
{
    private const string Increment = "ld.global.u32 %r6, [%rd4]; add.u32 %r6, %r6, %r1; st.global.u32 [%rd5], %r6;";

    [Fact]
    public void A_graph_runs_its_nodes_and_takes_new_arguments()
    {
        using var device = new EmulatedDevice();
        EmulatedCudaDriver driver = device.Driver;
        ulong a = device.Upload(new uint[32]);
        ulong b = device.Allocate(128);
        ulong c = device.Allocate(128);
        nint k = device.Load(Ptx.Kernel(Increment), "k");
        nint graph = driver.GraphCreate();
        nint first = 0;
        nint second = 0;
        EmulatedDevice.With([a, b, 3], p => first = driver.GraphAddKernel(graph, [], k, 1, 32, 0, (void**)p));
        EmulatedDevice.With([b, c, 4], p => second = driver.GraphAddKernel(graph, [first], k, 1, 32, 0, (void**)p));
        driver.GraphAddMemorySet(graph, [second], a, 1, 128);
        nint exec = driver.GraphInstantiate(graph);
        driver.ResetCounters();

        driver.GraphLaunch(exec, 0);
        Assert.All(device.Download<uint>(c, 32), v => Assert.Equal(7u, v));
        EmulatedDevice.With([a, b, 5], p => driver.GraphExecSetKernel(exec, first, k, 1, 32, 0, (void**)p));
        driver.GraphLaunch(exec, 0);
        Assert.All(device.Download<uint>(c, 32), v => Assert.Equal(0x01010101u + 9, v));

        DriverCounters calls = driver.DriverCounters;
        Assert.Equal((2, 6, 2, 0, 0, 0), (calls.GraphLaunches, calls.GraphNodes, calls.MemorySets, calls.Launches, calls.Allocations, calls.HostToDeviceCopies));
        Assert.Equal((2, 256), (calls.DeviceToHostCopies, calls.DeviceToHostBytes));
        Assert.Equal(4, Assert.Single(driver.KernelCounters).Launches);
        driver.GraphExecDestroy(exec);
        driver.GraphDestroy(graph);
        Fails("CUDA_ERROR_INVALID_HANDLE", () => driver.GraphLaunch(exec, 0));
    }

    [Fact]
    public void A_graph_does_not_see_arguments_changed_after_they_were_given()
    {
        using var device = new EmulatedDevice();
        ulong a = device.Upload(new uint[32]);
        nint k = device.Load(Ptx.Kernel(Increment), "k");
        nint graph = device.Driver.GraphCreate();
        nint exec = 0;
        EmulatedDevice.With([a, a, 3], p =>
        {
            device.Driver.GraphAddKernel(graph, [], k, 1, 32, 0, (void**)p);
            *(int*)((void**)p)[2] = 100;
            exec = device.Driver.GraphInstantiate(graph);
        });
        device.Driver.GraphLaunch(exec, 0);
        Assert.All(device.Download<uint>(a, 32), v => Assert.Equal(3u, v));
    }

    [Theory]
    [InlineData(0, 32, 0, "grid")]
    [InlineData(1, 1025, 0, "block")]
    [InlineData(1, 65, 0, ".maxntid of 64")]
    [InlineData(1, 32, 60000, "cuFuncSetAttribute")]
    public void Launches_keep_to_limits(int grid, int block, int shared, string part)
    {
        using var device = new EmulatedDevice();
        nint k = device.Load(".version 6.4 .target sm_70 .address_size 64 .entry k() .maxntid 64, 1, 1 { ret; }", "k");
        CudaException error = Fails("CUDA_ERROR_INVALID_VALUE", () => device.Driver.Launch(k, grid, block, shared, 0, null));
        Assert.Contains(part, error.Message, StringComparison.Ordinal);
        device.Driver.FunctionSetDynamicSharedBytes(k, 60000);
        device.Driver.Launch(k, 1, 64, 60000, 0, null);
        Fails("CUDA_ERROR_INVALID_VALUE", () => device.Driver.FunctionSetDynamicSharedBytes(k, 1 << 20));
    }

    [Fact]
    public void Functions_tell_their_limits()
    {
        using var device = new EmulatedDevice();
        nint k = device.Load(Ptx.Kernel("st.local.u32 [d], %r2; st.shared.u32 [s], %r2;", ".local .b32 d[3]; .shared .b32 s[5];").Replace("{ .reg .pred", ".maxntid 96 { .reg .pred", StringComparison.Ordinal), "k");
        CudaFunctionInfo info = device.Driver.GetFunction(k);
        Assert.Equal((96, 20, 12), (info.MaxThreadsPerBlock, info.StaticSharedBytes, info.LocalBytes));
        Assert.InRange(info.Registers, 4, 20);
    }

    [Theory]
    [InlineData("int x;", "line 1")]
    [InlineData(".version 6.4 .target sm_70 .address_size 64\n.entry k() {\n frobnicate.u32 %r1;\n}", "line 3")]
    [InlineData(".version 6.4 .target sm_70 .address_size 64\n.entry k() { .reg .b32 %r<2>;\n\n add.u32 %r1, %r1, %r5; }", "'%r5' is not declared")]
    [InlineData(".version 6.4 .target sm_70 .address_size 64\n.entry k() { .reg .b32 %r<2>; .reg .b64 %d;\n add.u32 %r1, %r1, %d; }", "32 expected")]
    [InlineData(".version 6.4 .target sm_70 .address_size 64\n.entry k() { bra NOWHERE; }", "'NOWHERE' is not defined")]
    [InlineData(".version 6.4 .target sm_70 .address_size 64\n.func f() { call f; } .entry k() { call f; }", "recursion")]
    [InlineData(".version 6.4 .target sm_70 .address_size 64\n.entry k() { .reg .f16x2 %r; .reg .b32 %d;\n cvt.u32 %d, %r; }", "line 3")]
    [InlineData(".version 6.4 .target sm_70 .address_size 64\n.entry k() { .reg .b32 %d;\n add.bf16 %d, %d, %d; }", "line 3")]
    [InlineData(".version 6.4 .target sm_70 .address_size 64\n.entry k() {\n .reg .b128 %d; }", "line 3")]
    [InlineData(".version 6.4 .target sm_70 .address_size 64\n.entry k() { .reg .b32 %r<2>;\n wmma.load.a.sync %r1; }", "line 3")]
    public void Bad_text_is_refused_with_its_line(string text, string part)
    {
        using var device = new EmulatedDevice();
        CudaException error = Fails("CUDA_ERROR_INVALID_PTX", () => device.Driver.ModuleLoad(Encoding.UTF8.GetBytes(text)));
        Assert.Contains(part, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Memory_calls_check_what_they_are_given()
    {
        using var device = new EmulatedDevice();
        EmulatedCudaDriver driver = device.Driver;
        ulong a = device.Upload(new byte[100]);
        ulong unwritten = device.Allocate(100);
        ulong freed = driver.MemoryAllocate(64);
        driver.MemoryFree(freed);
        var host = new byte[200];
        fixed (byte* pointer = host)
        {
            nint at = (nint)pointer;
            Fails("CUDA_ERROR_INVALID_VALUE", () => driver.MemoryFree(freed));
            Fails("CUDA_ERROR_INVALID_VALUE", () => driver.MemoryFree(a + 1));
            Fails("CUDA_ERROR_INVALID_VALUE", () => driver.CopyHostToDevice(freed, at, 8, 0));
            Fails("CUDA_ERROR_INVALID_VALUE", () => driver.CopyHostToDevice(a + 50, at, 51, 0));
            Fails("CUDA_ERROR_INVALID_VALUE", () => driver.CopyDeviceToHost(at, 4096, 8, 0));
            Fails("CUDA_ERROR_ILLEGAL_ADDRESS", () => driver.CopyDeviceToHost(at, unwritten, 8, 0));
            Fails("CUDA_ERROR_ILLEGAL_ADDRESS", () => driver.CopyDeviceToDevice(a, unwritten, 8, 0));
            Fails("CUDA_ERROR_INVALID_VALUE", () => driver.MemorySet(a, 1, 101, 0));
            Fails("CUDA_ERROR_INVALID_HANDLE", () => driver.MemorySet(a, 1, 1, 77));
            Fails("CUDA_ERROR_INVALID_VALUE", () => driver.HostFree(at));
            Fails("CUDA_ERROR_HOST_MEMORY_NOT_REGISTERED", () => driver.HostUnregister(at));
            driver.HostRegister(at, 100);
            Fails("CUDA_ERROR_HOST_MEMORY_ALREADY_REGISTERED", () => driver.HostRegister(at + 50, 100));
            Fails("CUDA_ERROR_INVALID_VALUE", () => driver.MemoryAllocate(0));
            Assert.Throws<CudaOutOfMemoryException>(() => driver.MemoryAllocate((nuint)driver.GetDevice(0).MemoryBytes));
            driver.MemorySet(unwritten, 7, 100, 0);
            driver.CopyDeviceToDevice(a, unwritten, 100, 0);
            driver.CopyDeviceToHost(at, a, 100, 0);
            driver.HostUnregister(at);
        }

        Assert.Equal([.. Enumerable.Repeat((byte)7, 100), .. new byte[100]], host);
        Assert.Equal(0ul, a % 256);
        nint pinned = driver.HostAllocate(64);
        driver.HostFree(pinned);
    }

    [Fact]
    public void Options_tell_all_their_errors()
    {
        GpuSerException error = Assert.Throws<GpuSerException>(() => new EmulatedCudaDriver(new() { Workers = 0, StepLimit = -1, EarlyGraphNode = -2 }));
        Assert.Contains("Workers is 0", error.Message, StringComparison.Ordinal);
        Assert.Contains("StepLimit is -1", error.Message, StringComparison.Ordinal);
        Assert.Contains("EarlyGraphNode is -2", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Calls_need_the_context_on_their_thread()
    {
        using var driver = new EmulatedCudaDriver();
        Fails("CUDA_ERROR_INVALID_CONTEXT", () => driver.MemoryAllocate(4));
        nint context = driver.ContextRetain(0);
        Assert.Equal(context, driver.ContextRetain(0));
        driver.ContextSetCurrent(context);
        driver.MemoryFree(driver.MemoryAllocate(4));
        var other = new Thread(() => Fails("CUDA_ERROR_INVALID_CONTEXT", () => driver.MemoryAllocate(4)));
        other.Start();
        other.Join();
        driver.ContextRelease(0);
        driver.ContextRelease(0);
        Fails("CUDA_ERROR_INVALID_CONTEXT", () => driver.MemoryAllocate(4));
        Fails("CUDA_ERROR_INVALID_DEVICE", () => driver.GetDevice(1));
    }

    [Fact]
    public void Memory_left_at_the_end_is_told()
    {
        var driver = new EmulatedCudaDriver();
        driver.ContextSetCurrent(driver.ContextRetain(0));
        ulong kept = driver.MemoryAllocate(48);
        driver.MemoryFree(driver.MemoryAllocate(100));

        DeviceLeakException error = Assert.Throws<DeviceLeakException>(driver.Dispose);

        Assert.Equal([new DeviceLeak(kept, 48)], error.Leaks);
        driver.Dispose();
        Fails("CUDA_ERROR_DEINITIALIZED", () => driver.MemoryAllocate(4));
    }

    [Fact]
    public void Streams_and_events_keep_order()
    {
        using var device = new EmulatedDevice();
        EmulatedCudaDriver driver = device.Driver;
        nint stream = driver.StreamCreate();
        nint start = driver.EventCreate(true);
        nint end = driver.EventCreate(true);
        driver.EventRecord(start, stream);
        Fails("CUDA_ERROR_INVALID_HANDLE", () => driver.EventElapsed(start, end));
        driver.StreamWaitEvent(0, start);
        driver.EventRecord(end, stream);
        driver.EventSynchronize(end);
        Assert.True(driver.EventElapsed(start, end) >= 0);
        driver.StreamSynchronize(stream);
        driver.StreamDestroy(stream);
        Fails("CUDA_ERROR_INVALID_HANDLE", () => driver.StreamSynchronize(stream));
        driver.EventDestroy(end);
        driver.EventDestroy(start);
    }

    private static CudaException Fails(string name, Action call)
    {
        CudaException error = Assert.ThrowsAny<CudaException>(call);
        Assert.Equal(name, error.ErrorName);
        return error;
    }
}
