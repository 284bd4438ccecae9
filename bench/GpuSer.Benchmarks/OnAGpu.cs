using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Filters;
using GpuSer.Cuda;

namespace GpuSer.Benchmarks;

/// <summary>Configuration of benchmarks that need a GPU: where there is none they are left out, and a line says so.</summary>
public sealed class OnAGpu : ManualConfig
{
    private static readonly string? Missing = Look();

    public OnAGpu()
    {
        if (Missing is not null)
        {
            AddFilter(new SimpleFilter(_ => false));
        }
    }

    private static string? Look()
    {
        if (CudaDrivers.TryOpen(out ICudaDriver? driver, out CudaUnavailableException? reason))
        {
            driver.Dispose();
            return null;
        }

        Console.WriteLine($"// Benchmarks on a GPU (*Device*) are skipped: {reason.Message}");
        return reason.Message;
    }
}
