namespace GpuSer.Console.Tests;

/// <summary>A driver that is there and cannot be used, played by a library of its name.</summary>
public sealed class UnusableDriverTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(12080, 803, "CUDA_ERROR_OF_ITS_OWN: as told")]
    [InlineData(11080, 0, "CUDA 11.8")]
    public void AutoTakesTheCpuAndSaysWhyAndCudaIsRefused(int version, int result, string why)
    {
        ConsoleRun auto = Run(version, result, "auto");
        Assert.Equal(ExitCode.Success, auto.ExitCode);
        Assert.StartsWith("gpuser: on the CPU; ", auto.Error, StringComparison.Ordinal);
        Assert.Contains(why, auto.Error, StringComparison.Ordinal);
        Assert.Single(auto.Error.TrimEnd().Split('\n'));

        ConsoleRun cuda = Run(version, result, "cuda");
        cuda.AssertRefused(why);
        Assert.Contains("--device cpu", cuda.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void AutoWithoutAGpuIsTheCpuAndSaysNothing()
    {
        const int NoDevice = 100;
        ConsoleRun auto = Run(12080, NoDevice, "auto");
        Assert.Equal(ExitCode.Success, auto.ExitCode);
        Assert.Empty(auto.Error);
    }

    private ConsoleRun Run(int version, int result, string device)
    {
        string source = _folder["driver.c"], library = _folder["libcuda.so.1"];
        File.WriteAllText(source, $$"""
            int cuDriverGetVersion(int *version) { *version = {{version}}; return 0; }
            int cuInit(unsigned flags) { return {{result}}; }
            int cuDeviceGetCount(int *count) { *count = 1; return 0; }
            int cuGetErrorName(int error, const char **text) { *text = "CUDA_ERROR_OF_ITS_OWN"; return 0; }
            int cuGetErrorString(int error, const char **text) { *text = "as told"; return 0; }
            """);
        Assert.Equal(0, ConsoleProcess.Of("g++", ["-xc", source, "-shared", "-fPIC", "-o", library]).ExitCode);
        return ConsoleProcess.Of(
            Path.Combine(ConsoleProcess.Folder, "GpuSer.Console"),
            ["features", _folder.Tone("a.wav", seconds: 0.3), "--out", _folder[$"{device}{version}"], "--device", device],
            ("LD_LIBRARY_PATH", _folder.Root));
    }
}
