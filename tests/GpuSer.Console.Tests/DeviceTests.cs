using System.Text.Json;
using GpuSer.Cuda;
using GpuSer.IO;
using GpuSer.Reference;

namespace GpuSer.Console.Tests;

public sealed class DeviceTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void TheEmulatedDevicesStagesAreTheCpus()
    {
        string tone = _folder.Tone("a.wav", seconds: 0.4);
        Assert.Equal(ExitCode.Success, ConsoleRun.Of("features", tone, "--out", _folder["cpu"], "--stages").ExitCode);
        Assert.Equal(ExitCode.Success, ConsoleRun.Of("features", tone, "--out", _folder["emulated"], "--stages", "--device", "emulated").ExitCode);
        string[] files = Directory.GetFiles(_folder["emulated", "a"]);
        Assert.Equal(4, files.Length);
        Assert.All(files, file =>
        {
            NpyArray actual = NpyFile.Read(file), expected = NpyFile.Read(_folder["cpu", "a", Path.GetFileName(file)]);
            Assert.Equal(expected.Shape, actual.Shape);
            double limit = Tolerances.Relative(Path.GetFileNameWithoutExtension(file), "a", device: true)!.Value;
            Assert.InRange(Difference.Between(actual.Data, expected.Data).Relative, 0, limit);
        });
    }

    [Fact]
    public void ADeviceThatMakesNoWholeImageSaysSo()
    {
        ConsoleRun run = ConsoleRun.Of("features", _folder.Tone("a.wav"), "--out", _folder["out"], "--device", "emulated");
        run.AssertRefused("--stages");
        Assert.False(Directory.Exists(_folder["out"]));
    }

    [SkippableFact]
    public void AMissingDriverIsOneLine()
    {
        bool found = CudaDrivers.TryOpen(out ICudaDriver? driver, out _);
        driver?.Dispose();
        Skip.If(found, "this machine has a GPU");
        ConsoleRun run = ConsoleRun.Of("features", _folder.Tone("a.wav"), "--out", _folder["out"], "--stages", "--device", "cuda");
        run.AssertRefused("--device cpu");
        Assert.Single(run.Error.TrimEnd().Split('\n'));
    }

    [Fact]
    public void KernelsAreListedWithTheirCountersAndSums()
    {
        ConsoleRun run = ConsoleRun.Of("kernels", "--shape", "2x3000", "--json");
        Assert.Equal(ExitCode.Success, run.ExitCode);
        JsonElement report = JsonDocument.Parse(run.Out).RootElement;
        Assert.Equal("2x3000", report.GetProperty("shape").GetString());
        Assert.NotEmpty(report.GetProperty("gpu").GetString()!);
        JsonElement[] kernels = [.. report.GetProperty("kernels").EnumerateArray()];
        Assert.Equal("gpuser_stft2048_f32", kernels[0].GetProperty("name").GetString());
        Assert.Equal("3x2", kernels[0].GetProperty("grid").GetString());
        foreach (string name in (string[])["block", "usefulSectorShare", "bankConflictShare", "localBytes", "liveRegisters"])
            Assert.All(kernels, kernel => Assert.True(kernel.TryGetProperty(name, out _), name));
        foreach (string name in (string[])["dramBytes", "floorBytes", "instructions", "predictedMicroseconds"])
        {
            double sum = kernels.Sum(kernel => kernel.GetProperty(name).GetDouble());
            Assert.Equal(sum, report.GetProperty("total").GetProperty(name).GetDouble(), 1e-6);
        }

        Assert.Contains("predicted", ConsoleRun.Of("kernels", "--shape", "1x600").Out, StringComparison.Ordinal);
    }
}
