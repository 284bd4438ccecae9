using System.Text.RegularExpressions;
using GpuSer.Reference;

namespace GpuSer.Tests;

/// <summary>Programs are started without a shell, each argument on its own: no name of a file can become a command.</summary>
public partial class NoShellTests
{
    [Fact]
    public void No_source_starts_a_shell_or_joins_arguments_to_one_text()
    {
        string[] sources = [.. Directory.EnumerateFiles(Path.Combine(Golden.Repository, "src"), "*.cs", SearchOption.AllDirectories)];
        Assert.NotEmpty(sources);
        int starts = 0;
        foreach ((string source, string text) in sources.Select(source => (source, File.ReadAllText(source))).Where(file => file.Item2.Contains("System.Diagnostics", StringComparison.Ordinal)))
        {

            Assert.False(Forbidden().IsMatch(text), $"{source}: {Forbidden().Match(text).Value}");
            starts += Start().Count(text);
        }

        Assert.InRange(starts, 4, 20); // the decoder, espeak-ng, and both peers of the benchmark: the pattern does find them
    }

    [Theory]
    [InlineData("Process.Start(\"ls\", path)")]
    [InlineData("start.UseShellExecute = true;")]
    [InlineData("new ProcessStartInfo(\"sh\", [\"-c\", text])")]
    [InlineData("new(\"/bin/bash\")")]
    [InlineData("{ Arguments = $\"-w {path}\" }")]
    [InlineData("new ProcessStartInfo(\"espeak-ng\", $\"-w {path}\")")]
    public void The_pattern_finds_what_it_forbids(string text) => Assert.Matches(Forbidden(), text);

    [GeneratedRegex(
        """UseShellExecute\s*=\s*true|["](/usr)?(/bin/)?(ba|da)?sh["]|[^\w.]Arguments\s*=[^=]|Process\.Start\(\s*\$?["]|ProcessStartInfo\([^,()]+,\s*\$?["]|ProcessStartInfo \w+ = new\([^,()]+,\s*\$?["]""")]
    private static partial Regex Forbidden();

    [GeneratedRegex(@"ProcessStartInfo \w+ = new\(|new ProcessStartInfo\(")]
    private static partial Regex Start();
}
