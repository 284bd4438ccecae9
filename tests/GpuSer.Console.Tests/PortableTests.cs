using System.Diagnostics;
using GpuSer.IO;

namespace GpuSer.Console.Tests;

/// <summary>The same program on processors that have less: the runtime is told not to use what this one has.</summary>
public sealed class PortableTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("DOTNET_EnableAVX2")]
    [InlineData("DOTNET_EnableHWIntrinsic")]
    public void ImagesAreWithinTheTolerancesWithoutWideVectors(string variable)
    {
        string tone = _folder.Tone("a.wav", seconds: 0.6);
        Assert.Equal(ExitCode.Success, ConsoleRun.Of("features", tone, "--out", _folder["here"], "--stages").ExitCode);
        ProcessStartInfo start = new(
            "dotnet", [Path.Combine(AppContext.BaseDirectory, "GpuSer.Console.dll"), "features", tone, "--out", _folder["portable"], "--stages"])
        {
            Environment = { [variable] = "0" },
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process process = Process.Start(start)!;
        string error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, error);

        Assert.All(Directory.GetFiles(_folder["here", "a"]).Select(Path.GetFileNameWithoutExtension), name =>
        {
            NpyArray expected = NpyFile.Read(_folder["here", "a", name + ".npy"]), actual = NpyFile.Read(_folder["portable", "a", name + ".npy"]);
            Assert.Equal(expected.Shape, actual.Shape);
            if (Tolerances.Relative(name!, "a") is double limit)
            {
                // Both may be that far from the exact value.
                Assert.InRange(Difference.Between(actual.Data, expected.Data).Relative, 0, 2 * limit);
            }
            else if (name == "image")
            {
                Assert.InRange(Tolerances.ImageExcess(actual.Data, expected.Data, "a"), 0, 1);
            }
        });
    }
}
