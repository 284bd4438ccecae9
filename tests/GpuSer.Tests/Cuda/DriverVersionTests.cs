using GpuSer.Cuda;

namespace GpuSer.Tests.Cuda;

public sealed class DriverVersionTests
{
    [Fact]
    public void Versions_are_told_as_people_write_them()
    {
        Assert.StartsWith("CUDA 12.8", DriverVersion.Describe(12080), StringComparison.Ordinal);
        Assert.StartsWith("CUDA 13.0", DriverVersion.Describe(13000), StringComparison.Ordinal);
    }

    [Fact]
    public void A_driver_older_than_what_is_called_is_refused_with_both_versions()
    {
        DriverVersion.Require(12000);
        CudaUnavailableException error = Assert.Throws<CudaUnavailableException>(() => DriverVersion.Require(11080));
        Assert.Contains("CUDA 11.8", error.Message, StringComparison.Ordinal);
        Assert.Contains("CUDA 12.0", error.Message, StringComparison.Ordinal);
        Assert.False(error.IsExpected);
    }
}
