using GpuSer.Cuda;
using GpuSer.PtxEmulator.Reports;

namespace GpuSer.PtxEmulator.Tests.Reports;

/// <summary>How a GPU is timed, on the emulator: its times mean nothing, but it checks every access of kernels that run again and again.</summary>
public sealed class KernelTimingsTests
{
    [Fact]
    public void Every_kernel_and_the_graph_are_timed_beside_their_predictions()
    {
        using EmulatedCudaDriver driver = new();
        using CudaContext context = new(driver);
        KernelReport report = KernelReport.Measure(1, 700);

        KernelTimings timings = KernelTimings.Measure(context, 1, 700, rounds: 1, launches: 2);

        Assert.Equal(("1x700", "NVIDIA H100 (emulated)", driver.Version), (timings.Shape, timings.Device, timings.Driver));
        Assert.Equal(
            report.Kernels.Select(kernel => (kernel.Name, kernel.Grid, kernel.PredictedMicroseconds, kernel.DramBytes)),
            timings.Kernels.Select(time => (time.Name, time.Grid, time.PredictedMicroseconds, time.DramBytes)));
        Assert.All([.. timings.Kernels, timings.Sum, timings.Graph], time =>
        {
            Assert.True(time.MeasuredMicroseconds > 0);
            Assert.Equal(time.MeasuredMicroseconds / time.PredictedMicroseconds, time.Ratio);
            Assert.Equal(time.DramBytes / time.MeasuredMicroseconds, time.BytesPerSecond / 1e6, 1e-6 * time.BytesPerSecond);
        });
        Assert.Equal(timings.Kernels.Sum(time => time.MeasuredMicroseconds), timings.Sum.MeasuredMicroseconds, 1e-9);
        Assert.Equal((report.Total.PredictedMicroseconds, report.Total.DramBytes), (timings.Graph.PredictedMicroseconds, timings.Graph.DramBytes));
    }
}
