using System.CommandLine;
using GpuSer.Console.Configuration;

namespace GpuSer.Console.Tests;

/// <summary>What every command has alike.</summary>
public sealed class CommonOptionsTests : IDisposable
{
    // Commands whose result is a text for something else to read.
    private static readonly string[] ReportNothing = ["completion"];

    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string> Commands => [.. Paths(Tree(), []).Select(path => string.Join(' ', path))];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Commands))]
    public void EveryCommandCanBeQuietAndConfiguredAndThoseThatReportHaveJson(string command)
    {
        string[] names = command.Split(' '), options = [.. Find(names).Options.Select(option => option.Name)];
        Assert.Empty(((string[])["--quiet", "--config", "--set", "--print-config"]).Except(options));
        if (!ReportNothing.Contains(names[0]))
        {
            Assert.Contains("--json", options);
        }

        ConsoleRun printed = ConsoleRun.Of([.. names, "--print-config"]);
        Assert.True(printed.ExitCode == ExitCode.Success, printed.Error);
    }

    [Fact]
    public void QuietLeavesErrorsAlone()
    {
        string[] files = [_folder.Tone("a.wav"), _folder["none.wav"], _folder.Tone("b.wav")];
        string[] command = ["features", .. files, "--out", _folder["out"], "--device", "cpu"];
        ConsoleRun loud = ConsoleRun.Of(command), quiet = ConsoleRun.Of([.. command, "--quiet"]), bySet = ConsoleRun.Of([.. command, "--set", "quiet=true"]);

        Assert.Contains("files a second", loud.Error, StringComparison.Ordinal);
        Assert.Equal($"gpuser: {files[1]}: no such file\ngpuser: 1 of 3 files could not be used; the others are done\n", quiet.Error);
        Assert.Equal(quiet, bySet);
        Assert.Equal((loud.Out, loud.ExitCode), (quiet.Out, quiet.ExitCode));
    }

    [Theory]
    [InlineData(null, true)]
    [InlineData("--no-progress", false)]
    [InlineData("--quiet", false)]
    public void ProgressIsShownToThoseWhoWatchAndWantIt(string? option, bool shown)
    {
        using StringWriter output = new(), error = new();
        string[] command = ["features", _folder.Tone("a.wav"), _folder.Tone("b.wav"), "--out", _folder["out"], "--device", "cpu"];
        CommandLine.Run(option is null ? command : [.. command, option], new Terminal(output, error, interactive: true));
        Assert.Equal(shown, error.ToString().Contains("\r1/2 ", StringComparison.Ordinal));
        Assert.Equal(2, output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
    }

    [Fact]
    public void AFileNameMayBeginWithAnAtSign() =>
        ConsoleRun.Of("data", "check", "@" + _folder["list"]).AssertRefused("@" + _folder["list"]);

    [Theory]
    [InlineData("LC_ALL=de_DE.UTF-8", true)]
    [InlineData("LANG=C.utf8", true)]
    [InlineData("LANG=C.UTF-8 LC_ALL=C", false)]
    [InlineData("LANG=C.UTF-8 TERM=linux", false)]
    [InlineData("LANG=de_DE", false)]
    [InlineData("HOME=/", false)]
    public void BlockCharactersNeedALocaleThatHasThem(string environment, bool expected)
    {
        Dictionary<string, string> variables = environment.Split(' ').ToDictionary(pair => pair.Split('=')[0], pair => pair.Split('=')[1]);
        Assert.Equal(expected, Terminal.ShowsUnicode(variables.GetValueOrDefault));
    }

    private static Command Tree() => CommandLine.Build(new Terminal(TextWriter.Null, TextWriter.Null, interactive: false), new CommonOptions());

    private static Command Find(string[] path) => path.Aggregate(Tree(), (command, name) => command.Subcommands.Single(inner => inner.Name == name));

    private static IEnumerable<string[]> Paths(Command command, string[] path) => command.Subcommands
        .SelectMany(inner => Paths(inner, [.. path, inner.Name]))
        .Concat(command.Action is null ? [] : [path]);
}
