using GpuSer.Cuda;

namespace GpuSer.Tests.Cuda;

public sealed class CudaContextTests
{
    [Fact]
    public void A_sticky_error_closes_the_context_and_later_calls_name_it()
    {
        using RecordingDriver driver = new();
        using CudaContext context = new(driver);
        using DeviceBuffer<float> buffer = new(context, 8);
        driver.Failures["synchronize"] = new CudaException("cuCtxSynchronize()", "CUDA_ERROR_ILLEGAL_ADDRESS", "a kernel wrote outside its memory");

        CudaException first = Assert.Throws<CudaException>(context.Synchronize);
        driver.Failures.Clear();
        CudaException second = Assert.Throws<CudaException>(() => new DeviceBuffer<float>(context, 8));

        Assert.Same(first, context.Failure);
        Assert.Equal("CUDA_ERROR_ILLEGAL_ADDRESS", second.ErrorName);
        Assert.Contains("closed by this earlier error", second.Message, StringComparison.Ordinal);
        buffer.Dispose();
        context.Dispose();
        Assert.DoesNotContain("free", driver.Calls);
        Assert.DoesNotContain("release", driver.Calls);
    }

    [Fact]
    public void An_error_that_is_not_sticky_leaves_the_context_usable()
    {
        using RecordingDriver driver = new();
        using CudaContext context = new(driver);
        driver.Failures["allocate"] = new CudaOutOfMemoryException("cuMemAlloc_v2(&address, bytes)", 32);

        CudaOutOfMemoryException error = Assert.Throws<CudaOutOfMemoryException>(() => new DeviceBuffer<float>(context, 8));
        driver.Failures.Clear();
        using DeviceBuffer<float> buffer = new(context, 8);

        Assert.Equal(32u, error.Bytes);
        Assert.Null(context.Failure);
        Assert.Equal(32, driver.AllocatedBytes);
    }

    [Fact]
    public void A_device_that_is_not_there_is_refused_by_number()
    {
        using RecordingDriver driver = new();

        CudaUnavailableException error = Assert.Throws<CudaUnavailableException>(() => new CudaContext(driver, 3));

        Assert.Contains("device 3", error.Message, StringComparison.Ordinal);
        Assert.Empty(driver.Calls);
    }

    [Fact]
    public void Every_thread_that_calls_binds_the_context()
    {
        using RecordingDriver driver = new();
        using CudaContext context = new(driver);
        int other = 0;
        Thread thread = new(() =>
        {
            other = Environment.CurrentManagedThreadId;
            context.Synchronize();
        });
        thread.Start();
        thread.Join();

        Assert.Contains(other, driver.BoundThreads);
    }

    [Fact]
    public void Handles_are_freed_once_and_refuse_use_afterwards()
    {
        using RecordingDriver driver = new();
        using CudaContext context = new(driver);
        DeviceBuffer<int> buffer = new(context, [1, 2, 3]);
        using CudaStream stream = new(context);
        int[] read = new int[3];
        buffer.CopyTo(read, stream);

        buffer.Dispose();
        buffer.Dispose();

        Assert.Equal([1, 2, 3], read);
        Assert.Single(driver.Calls, "free");
        Assert.Throws<ObjectDisposedException>(() => buffer.Address);
        Assert.Equal(0, driver.AllocatedBytes);
    }

    [SkippableFact]
    public void Without_a_driver_cuda_says_so_in_one_line_and_auto_goes_on()
    {
        bool found = CudaDrivers.TryOpen(out ICudaDriver? driver, out CudaUnavailableException? reason);
        driver?.Dispose();
        Skip.If(found, "this machine has a GPU");

        CudaUnavailableException error = Assert.Throws<CudaUnavailableException>(CudaDrivers.Open);
        Assert.Equal(reason!.Message, error.Message);
        Assert.True(error.IsExpected);
        Assert.DoesNotContain('\n', error.Message);
        Assert.Contains("--device cpu", error.Message, StringComparison.Ordinal);
    }
}
