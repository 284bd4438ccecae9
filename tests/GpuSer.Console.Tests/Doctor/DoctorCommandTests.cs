using System.Text.Json;
using GpuSer.Console.Commands;
using GpuSer.Console.Doctor;

namespace GpuSer.Console.Tests.Doctor;

/// <summary>doctor as a user calls it, and with faults planted among its checks.</summary>
public sealed class DoctorCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void AMachineThatPassesTheTestsIsHealthy()
    {
        ConsoleRun run = ConsoleRun.Of("doctor", "--device", "emulated", "--json");
        Assert.True(run.ExitCode == ExitCode.Success, run.Out);
        Assert.Empty(run.Error);
        JsonElement document = JsonDocument.Parse(run.Out).RootElement;
        Assert.True(document.GetProperty("healthy").GetBoolean());
        JsonElement[] checks = [.. document.GetProperty("checks").EnumerateArray()];
        Assert.Equal(
            ["versions", "processor", "memory", "current folder", "weights folder", "libsndfile", "decoder", "libsoxr", "libtorch", "BLAS", "threads", "espeak-ng", "features", "NVIDIA driver", "GPUs", "cuFFT and cuBLAS", "kernels"],
            checks.Select(check => check.GetProperty("name").GetString()));
        Assert.All(checks, check => Assert.Equal(["name", "status", "found", "remedy"], check.EnumerateObject().Select(property => property.Name)));
        Assert.All(checks, check => Assert.Equal(
            check.GetProperty("status").GetString() == "ok", check.GetProperty("remedy").ValueKind == JsonValueKind.Null));
        Assert.Contains("the PTX emulator", checks[^1].GetProperty("found").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public void ACheckThatThrowsIsAFaultAndTheOthersAreRun()
    {
        DoctorCheck[] checks =
        [
            new("first", () => throw new InvalidOperationException("of its own")),
            new("second", () => throw new GpuSerException("it is broken; mend it")),
            new("third", () => Finding.Warning("so so", "better it")),
            new("fourth", () => Finding.Ok("well")),
        ];
        ConsoleRun run = Run(checks, json: false);
        Assert.Equal(ExitCode.Failure, run.ExitCode);
        Assert.Equal(
            [
                "fault    first             unexpected InvalidOperationException: of its own",
                "                           -> if this stays, report it together with what gpuser env prints",
                "fault    second            it is broken",
                "                           -> mend it",
                "warning  third             so so",
                "                           -> better it",
                "ok       fourth            well",
                "2 faults, 1 warning: what is needed does not all work",
            ],
            run.Out.TrimEnd().Split('\n'));

        JsonElement document = JsonDocument.Parse(Run(checks, json: true).Out).RootElement;
        Assert.False(document.GetProperty("healthy").GetBoolean());
        Assert.Equal(["fault", "fault", "warning", "ok"], document.GetProperty("checks").EnumerateArray().Select(check => check.GetProperty("status").GetString()));
    }

    [Fact]
    public void WarningsAreNoFailure()
    {
        ConsoleRun run = Run([new("one", () => Finding.Warning("so so", "better it"))], json: false);
        Assert.Equal(ExitCode.Success, run.ExitCode);
        Assert.EndsWith("1 warning: all that is needed works\n", run.Out, StringComparison.Ordinal);
        Assert.Equal("all is well\n", Run([], json: false).Out);
    }

    [Fact]
    public void ALibraryThatDoesNotLoadIsFoundWithItsPackage()
    {
        File.WriteAllText(_folder["libsoxr.so.0"], "no library");
        ConsoleRun run = ConsoleProcess.Of(
            Path.Combine(ConsoleProcess.Folder, "GpuSer.Console"), ["doctor", "--device", "cpu"], ("LD_LIBRARY_PATH", _folder.Root));
        Assert.Equal(ExitCode.Failure, run.ExitCode);
        Assert.Matches(@"fault +libsoxr +does not load.*\n.*apt-get install -y libsoxr0\n", run.Out);
        Assert.Matches("ok +features", run.Out);
    }

    [Fact]
    public void ADriverThatIsNotThereIsAFaultOnlyWhereItIsAskedFor()
    {
        using GpuProbe none = Probes.Without();
        DoctorCheck[] gpu = [.. Checkup.For(none, DeviceChoice.Cuda).Where(check => check.Name is "NVIDIA driver" or "GPUs" or "kernels")];
        Assert.All(gpu, check => Assert.Equal(CheckStatus.Fault, check.Run().Status));
        Assert.DoesNotContain(Checkup.For(none, DeviceChoice.Cpu), check => check.Name == "kernels");
    }

    private static ConsoleRun Run(DoctorCheck[] checks, bool json)
    {
        using StringWriter output = new(), error = new();
        int exitCode = DoctorCommand.Run(new Terminal(output, error, interactive: false), checks, DeviceChoice.Auto, live: false, json, CancellationToken.None);
        return new ConsoleRun(exitCode, output.ToString(), error.ToString());
    }
}
