using System.CommandLine;
using GpuSer.Console.Configuration;

namespace GpuSer.Console.Tests;

/// <summary>The scripts of gpuser completion, run by the shells that they are for.</summary>
public sealed class CompletionTests : IDisposable
{
    // What bash does when somebody presses Tab after $2..., in the folder $1.
    private const string Tab = """
        source "$0"; cd "$1"; shift
        COMP_WORDS=("$@"); COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
        _gpuser; printf '%s\n' "${COMPREPLY[@]}"
        """;

    private readonly TemporaryFolder _folder = new();

    public CompletionTests()
    {
        Directory.CreateDirectory(_folder["a folder"]);
        File.WriteAllText(_folder["a file.json"], "{}");
    }

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("tr", "train")]
    [InlineData("data|", "check get")]
    [InlineData("weights|get|", "vgg16 vgg16_bn")]
    [InlineData("completion|z", "zsh")]
    [InlineData("train|--device|", "auto cpu cuda emulated")]
    [InlineData("kernels|--device|", "cuda emulated")]
    [InlineData("train|--device|=|c", "cpu cuda")]
    [InlineData("train|--device|=", "auto cpu cuda emulated")]
    [InlineData("train|--split|k", "kfold")]
    [InlineData("data|check|x|--dataset|ra", "ravdess")]
    [InlineData("ablate|--mod", "--models")]
    [InlineData("bench|st", "step")]
    [InlineData("bench|step|--ste", "--steps")]
    [InlineData("bench|--data|step|--sec", "--seconds")]
    [InlineData("demo|--set|", "out= no-progress= json= quiet=")]
    [InlineData("train|--epochs|", "")]
    [InlineData("--v", "--version")]
    [InlineData("nonsense|--de", "")]
    public void BashCompletesCommandsOptionsAndChoices(string typed, string expected) =>
        Assert.Equal(expected.Split(' ', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal), Bash(typed.Split('|')));

    [Theory]
    [InlineData("train|--out|", "a folder")]
    [InlineData("train|--config|a", "a file.json|a folder")]
    [InlineData("predict|a f", "a file.json|a folder")]
    [InlineData("predict|x.wav|a fi", "a file.json")]
    public void BashCompletesFilesAndFolders(string typed, string expected) => Assert.Equal(expected.Split('|'), Bash(typed.Split('|')));

    [Fact]
    public void BashKnowsEveryCommandAndOption()
    {
        Command tree = CommandLine.Build(new Terminal(TextWriter.Null, TextWriter.Null, interactive: false), new CommonOptions());
        foreach (Command command in tree.Subcommands.Where(command => command.Action is not null))
        {
            Assert.Equal([.. command.Options.Select(option => option.Name).Append("--help").Order(StringComparer.Ordinal)], Bash(command.Name, "--"));
        }

        Assert.Equal(tree.Subcommands.Select(command => command.Name).Order(StringComparer.Ordinal), Bash(""));
    }

    [SkippableFact]
    public void FishCompletes()
    {
        string script = Script("fish");
        Assert.Equal(["--device"], Names(Shell("fish", "-c", "source $argv[1]; complete -C 'gpuser train --dev'", script)));
        Assert.Equal(["auto", "cpu", "cuda", "emulated"], Names(Shell("fish", "-c", "source $argv[1]; complete -C 'gpuser train --device '", script)));

        static IEnumerable<string> Names(string[] lines) => lines.Select(line => line.Split('\t')[0]);
    }

    [SkippableFact]
    public void ZshReadsTheScript() => Assert.Empty(Shell("zsh", "-n", Script("zsh")));

    [Fact]
    public void AShellThatIsNotKnownIsRefused() => ConsoleRun.Of("completion", "csh").AssertRefused("'zsh'");

    private string[] Bash(params string[] typed) => [.. Shell("bash", ["--norc", "-c", Tab, Script("bash"), _folder.Root, "gpuser", .. typed]).Order(StringComparer.Ordinal)];

    private string Script(string shell)
    {
        string file = _folder["script"];
        if (!File.Exists(file))
        {
            File.WriteAllText(file, ConsoleRun.Of("completion", shell).Out);
        }

        return file;
    }

    private static string[] Shell(string shell, params string[] arguments)
    {
        Skip.IfNot(shell == "bash" || (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(folder => File.Exists(Path.Combine(folder, shell))), $"no {shell} on this machine");
        ConsoleRun run = ConsoleProcess.Of(shell, arguments);
        Assert.Equal("", run.Error);
        Assert.Equal(0, run.ExitCode);
        return run.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }
}
