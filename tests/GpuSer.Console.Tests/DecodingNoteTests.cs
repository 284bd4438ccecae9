namespace GpuSer.Console.Tests;

/// <summary>What is said where the decoder is there and does not start, which shows at the first recording.</summary>
public sealed class DecodingNoteTests : IDisposable
{
    private const string Note = "recordings were decoded in this process";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void EveryCommandThatDecodesTellsOnceThatItWasUnprotected()
    {
        string program = WithoutDecoder(), data = _folder.Corpus("corpus", each: 2);
        string[] small = ["--data", data, "--device", "cpu", "--width-divisor", "64", "--epochs", "1", "--batch", "8"];
        string[][] commands =
        [
            ["data", "check", data],
            ["train", "--dry-run", "--out", _folder["dry"], .. small],
            ["train", "--out", _folder["run"], .. small],
            ["evaluate", "--run", _folder["run"], "--data", data, "--device", "cpu"],
            ["predict", "--run", _folder["run"], _folder["corpus", "03a01Wa.wav"], "--device", "cpu"],
            ["report", _folder["run"]],
            ["ablate", "--out", _folder["ablation"], "--models", "F", "--seeds", "1", .. small],
        ];
        Assert.All(commands, command =>
        {
            ConsoleRun run = ConsoleProcess.Of(program, command);
            Assert.True(run.ExitCode == ExitCode.Success, run.Error);
            Assert.True(run.Error.Split(Note).Length == 2, $"{string.Join(' ', command)}: {run.Error}");
        });
    }

    /// <summary>A copy of the console whose decoder ends at once.</summary>
    private string WithoutDecoder()
    {
        foreach (string file in Directory.EnumerateFiles(ConsoleProcess.Folder, "*", SearchOption.AllDirectories))
        {
            string copy = _folder["console", Path.GetRelativePath(ConsoleProcess.Folder, file)];
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
            if (Path.GetFileName(file) == "gpuser-decode")
            {
                File.WriteAllText(copy, "#!/bin/sh\nexit 127\n");
            }
        }

        return _folder["console", "GpuSer.Console"];
    }
}
