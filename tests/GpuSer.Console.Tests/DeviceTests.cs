using System.Text.Json;
using GpuSer.Cuda;
using GpuSer.IO;

namespace GpuSer.Console.Tests;

[Collection("training")]
public sealed class DeviceTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("fused", "sparse")]
    [InlineData("cufft", "cublas")]
    public void TheEmulatedDevicesStagesAreTheCpus(string stft, string filterBank)
    {
        string tone = _folder.Tone("a.wav", seconds: 0.4);
        Assert.Equal(ExitCode.Success, ConsoleRun.Of("features", tone, "--out", _folder["cpu"], "--stages").ExitCode);
        Assert.Equal(ExitCode.Success, ConsoleRun.Of(
            "features", tone, "--out", _folder["emulated"], "--stages", "--device", "emulated", "--stft", stft, "--filter-bank", filterBank).ExitCode);
        string[] names = [.. Directory.GetFiles(_folder["cpu", "a"]).Select(file => Path.GetFileNameWithoutExtension(file)!).Order(StringComparer.Ordinal)];
        Assert.Equal(names, Directory.GetFiles(_folder["emulated", "a"]).Select(file => Path.GetFileNameWithoutExtension(file)!).Order(StringComparer.Ordinal));
        Assert.All(names, name =>
        {
            NpyArray actual = NpyFile.Read(_folder["emulated", "a", name + ".npy"]), expected = NpyFile.Read(_folder["cpu", "a", name + ".npy"]);
            Assert.Equal(expected.Shape, actual.Shape);
            if (Tolerances.Relative(name, "a", device: true) is double limit)
                Assert.InRange(Difference.Between(actual.Data, expected.Data).Relative, 0, limit);
            else if (name == "image")
                Assert.InRange(Tolerances.ImageExcess(actual.Data, expected.Data, "a", device: true), 0, 1);
        });
    }

    [Theory]
    [InlineData("--stft", "cufft")]
    [InlineData("--filter-bank", "cublas")]
    public void TheCpuHasNoneOfADevicesWays(string option, string value)
    {
        ConsoleRun run = ConsoleRun.Of("features", _folder.Tone("a.wav"), "--out", _folder["out"], "--device", "cpu", option, value);
        run.AssertRefused("--device emulated");
        Assert.False(Directory.Exists(_folder["out"]));
    }

    [Fact]
    public void TheEmulatedDeviceMakesTheImageAlone()
    {
        ConsoleRun run = ConsoleRun.Of("features", _folder.Tone("a.wav", seconds: 0.3), "--out", _folder["out"], "--device", "emulated");
        Assert.Equal(ExitCode.Success, run.ExitCode);
        Assert.Equal([_folder["out", "a", "image.npy"]], Directory.GetFiles(_folder["out"], "*", SearchOption.AllDirectories));
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

    [SkippableFact]
    public void ATrainingWithoutADriverIsOneLineAndNoFolder()
    {
        bool found = CudaDrivers.TryOpen(out ICudaDriver? driver, out _);
        driver?.Dispose();
        Skip.If(found, "this machine has a GPU");
        _folder.Tone("03a01Fa.wav");
        ConsoleRun run = ConsoleRun.Of("train", "--data", _folder.Root, "--out", _folder["out"], "--device", "cuda");
        run.AssertRefused("--device cpu");
        Assert.Single(run.Error.TrimEnd().Split('\n'));
        Assert.False(Directory.Exists(_folder["out"]));
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
