namespace GpuSer.Console.Tests;

/// <summary>What is written for a recording lies in the folder that was given, whatever the recording is called.</summary>
public sealed class OutputsStayInsideTests : IDisposable
{
    private static readonly string[] Names =
    [
        "two words.wav", "it's \"quoted\".wav", "\u00e4\u6f22.wav", "line\nbreak.wav", "-rf.wav", "...wav", "..wav", " .wav", "~.wav", "..\\..\\up.wav", "$(id).wav", new string('n', 251) + ".wav",
    ];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Features_are_written_below_the_folder_given(bool stages)
    {
        Directory.CreateDirectory(_folder["in"]);
        string tone = _folder.Tone("tone.wav");
        string[] files = [.. Names.Select(name => _folder["in", name])];
        Array.ForEach(files, file => File.Copy(tone, file));
        string[] before = All();

        ConsoleRun run = ConsoleRun.Of(["features", .. files, "--out", _folder["out"], .. stages ? (string[])["--stages"] : []]);
        Assert.Equal(ExitCode.Success, run.ExitCode);
        string[] written = [.. All().Except(before)];
        Assert.Equal(Names.Length, written.Count(path => Path.GetFileName(path) == "image.npy"));
        Assert.All(written, path => Assert.StartsWith(_folder["out"] + "/", path, StringComparison.Ordinal));
    }

    [Fact]
    public void The_folder_may_be_a_link_or_lead_through_others()
    {
        string tone = _folder.Tone("tone.wav");
        Directory.CreateDirectory(_folder["real", "deep"]);
        Directory.CreateSymbolicLink(_folder["link"], _folder["real"]);
        Assert.Equal(ExitCode.Success, ConsoleRun.Of("features", tone, "--out", _folder["link"]).ExitCode);
        Assert.Equal(ExitCode.Success, ConsoleRun.Of("features", tone, "--out", Path.Combine(_folder["real", "deep"], "..", "other")).ExitCode);
        Assert.True(File.Exists(_folder["real", "tone", "image.npy"]));
        Assert.True(File.Exists(_folder["real", "other", "tone", "image.npy"]));
        Assert.NotNull(new DirectoryInfo(_folder["link"]).LinkTarget);
    }

    [Fact]
    public void A_list_may_name_recordings_elsewhere_and_nothing_is_written_there()
    {
        Directory.CreateDirectory(_folder["elsewhere"]);
        Directory.CreateDirectory(_folder["data", "list"]);
        File.Copy(_folder.Tone("tone.wav"), _folder["elsewhere", "a.wav"]);
        File.WriteAllText(_folder["data", "list", "list.csv"], "path,label,speaker\n../../elsewhere/a.wav,anger,../../../x\n../../../../../../../etc/passwd,joy,s2\n-rf,joy,s2\n");
        string[] before = All();
        ConsoleRun run = ConsoleRun.Of("data", "check", _folder["data", "list"]);
        Assert.Contains("etc/passwd", run.Out + run.Error, StringComparison.Ordinal);
        Assert.Equal(before, All());
    }

    private string[] All() => [.. Directory.EnumerateFiles(_folder[""], "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)];
}
