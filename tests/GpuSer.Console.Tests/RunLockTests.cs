using System.Diagnostics;
using GpuSer.Training.Runs;

namespace GpuSer.Console.Tests;

/// <summary>Commands at a folder that another process trains into, until that is killed.</summary>
[Collection("training")]
public sealed class RunLockTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("--split", "random")]
    [InlineData("--folds", "2")]
    public void ARunThatAnotherFinishedWhileRecordingsWereReadIsNotOverwritten(string option, string value)
    {
        string data = _folder.Corpus("corpus", each: 2), run = _folder["run"];
        string[] train = ["train", "--data", data, "--out", run, "--epochs", "1", "--width-divisor", "32", "--batch", "8", "--threads", "1", "--no-augment", option, value];
        ConsoleRun? other = null;
        using Listener error = new(line =>
        {
            if (other is null && line.Contains("14 recordings", StringComparison.Ordinal))
            {
                other = ConsoleRun.Of(train);
            }
        });
        int exitCode = CommandLine.Run(train, new Terminal(TextWriter.Null, error, interactive: false));

        Assert.True(other?.ExitCode == ExitCode.Success, other?.Error);
        new ConsoleRun(exitCode, "", error.ToString()).AssertRefused("there is a run in this folder already; ");
        Assert.True(File.Exists(_folder["run", "report.html"]));
        Assert.NotEmpty(Directory.GetFiles(run, "outcome.json", SearchOption.AllDirectories));
    }

    [Fact]
    public void ARunInTrainingIsReadAndNotWrittenAndAKilledOneIsFree()
    {
        string data = _folder.Corpus("corpus", each: 2), run = _folder["run"];
        string[] train = ["train", "--data", data, "--out", run, "--epochs", "100000", "--width-divisor", "32", "--batch", "8", "--threads", "1", "--no-augment"];
        ProcessStartInfo start = new(Path.Combine(ConsoleProcess.Folder, "GpuSer.Console"), train) { RedirectStandardError = true };
        start.Environment["DOTNET_ROOT"] = Path.GetFullPath(Path.Combine(System.Runtime.InteropServices.RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", ".."));
        using (Process process = Process.Start(start)!)
        {
            try
            {
                string? line;
                while ((line = process.StandardError.ReadLine()) is not null && !line.StartsWith("epoch 1:", StringComparison.Ordinal))
                {
                }

                Assert.NotNull(line);
                _ = process.StandardError.ReadToEndAsync(); // a full pipe would stop it

                ConsoleRun.Of("train", "--resume", run).AssertRefused($"gpuser: {run}: another process trains into this folder; ");
                ConsoleRun.Of("train", "--resume", run, "--tensorboard").AssertRefused("another process");
                ConsoleRun.Of(train).AssertRefused("another process");
                ConsoleRun.Of("ablate", "--data", data, "--out", run, "--models", "A").AssertRefused("another process");
                ConsoleRun.Of("order", "--data", data, "--out", run).AssertRefused("another process");
                Assert.Empty(Directory.GetFiles(run, "*tfevents*"));

                foreach (string[] reading in (string[][])[
                    ["report", run, "--out", _folder["page.html"]], ["evaluate", "--run", run, "--data", data], ["predict", "--run", run, Path.Combine(data, "03a01Wa.wav")]])
                {
                    ConsoleRun read = ConsoleRun.Of(reading);
                    Assert.True(read.ExitCode == ExitCode.Success, read.Error);
                }

                Assert.False(process.HasExited);
            }
            finally
            {
                process.Kill(); // SIGKILL: nothing of it can tidy up
                process.WaitForExit();
            }
        }

        Assert.True(File.Exists(Path.Combine(run, "run.lock")));
        RunLock.Take(run).Dispose();
        Assert.DoesNotContain("another process", ConsoleRun.Of("train", "--resume", run, "--data", _folder["none"]).Error, StringComparison.Ordinal);
    }

    private sealed class Listener(Action<string> heard) : StringWriter
    {
        public override void WriteLine(string? value)
        {
            base.WriteLine(value);
            heard(value ?? "");
        }
    }
}
