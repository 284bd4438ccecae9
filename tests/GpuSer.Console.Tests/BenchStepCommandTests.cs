using System.Runtime.Versioning;
using System.Text.Json;

namespace GpuSer.Console.Tests;

[SupportedOSPlatform("linux")]
[Collection("training")]
public sealed class BenchStepCommandTests : IDisposable
{
    private static readonly string[] Narrow = ["bench", "step", "--width-divisor", "32", "--batch", "2", "--frames", "32", "--steps", "2", "--threads", "1"];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Parts_of_a_step_are_told_and_are_no_longer_than_the_whole()
    {
        ConsoleRun run = ConsoleRun.Of([.. Narrow, "--json"]);

        Assert.Equal(ExitCode.Success, run.ExitCode);
        JsonElement report = JsonDocument.Parse(run.Out).RootElement, step = report.GetProperty("step");
        double[] parts = [.. new[] { "forward", "backward", "optimiser" }.Select(part => step.GetProperty(part).GetDouble())];
        Assert.All(parts, part => Assert.True(part > 0));
        Assert.Equal(2, report.GetProperty("batch").GetInt32());
        Assert.Equal(1, report.GetProperty("threads").GetInt32());
        Assert.Empty(report.GetProperty("peers").EnumerateArray());
        Assert.Contains("VGG-16-BN", ConsoleRun.Of(Narrow).Out, StringComparison.Ordinal);
    }

    [Fact]
    public void A_peer_is_asked_for_as_many_steps_and_set_beside_ours_twice()
    {
        string counted = _folder["asked"];
        string python = Script($$"""
            echo "$OMP_NUM_THREADS $GLIBC_TUNABLES" >>"{{counted}}"
            echo '{"torch": "9.8", "network": "fake", "threads": 1, "library": null}'
            while read -r line; do
              echo "$line" >>"{{counted}}"
              echo '{"seconds": 1000, "forward": 300, "backward": 600, "optimiser": 100, "processor": 2000}'
            done
            """);

        ConsoleRun run = ConsoleRun.Of([.. Narrow, "--peer", "torch", "--python", python, "--json"]);

        Assert.Equal(ExitCode.Success, run.ExitCode);
        JsonElement[] peers = [.. JsonDocument.Parse(run.Out).RootElement.GetProperty("peers").EnumerateArray()];
        Assert.Equal(["its own settings", "our settings"], peers.Select(peer => peer.GetProperty("settings").GetString()!));
        Assert.All(peers, peer =>
        {
            double ours = peer.GetProperty("ours").GetProperty("seconds").GetDouble();
            Assert.Equal(ours / 1000, peer.GetProperty("ratio").GetDouble(), 1e-12);
            Assert.False(peer.GetProperty("sameLibrary").GetBoolean());
        });
        string[] asked = File.ReadAllLines(counted);
        Assert.Equal(8, asked.Count(line => line == "step"));
        Assert.Equal("1 ", asked[0]);
        Assert.StartsWith("1 glibc.malloc.mmap_max=0", asked[5], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("echo 'No module named torch' >&2; exit 3", "cannot import torch (No module named torch)")]
    [InlineData("echo 'out of memory' >&2; exit 9", "ended with 9: out of memory")]
    [InlineData("echo nonsense", "'nonsense', which is not the JSON")]
    [InlineData("echo '{\"torch\": \"9.8\"}'", "not the JSON")]
    public void A_peer_that_fails_gets_a_line_that_says_how(string body, string reason)
    {
        ConsoleRun run = ConsoleRun.Of([.. Narrow, "--peer", "torch", "--python", Script(body)]);

        run.AssertRefused(reason);
        Assert.Empty(run.Out);
    }

    [Fact]
    public void A_Python_that_is_not_there_is_named() =>
        ConsoleRun.Of([.. Narrow, "--peer", "torch", "--python", "/no/such/python"]).AssertRefused("/no/such/python");

    [Theory]
    [InlineData("--steps 0")]
    [InlineData("--batch 1")]
    [InlineData("--frames 31")]
    [InlineData("--width-divisor 3")]
    [InlineData("--threads -1")]
    [InlineData("--peer tensorflow")]
    public void Impossible_sizes_are_refused(string arguments) => ConsoleRun.Of(["bench", "step", .. arguments.Split(' ')]).AssertRefused("gpuser: ");

    private string Script(string body)
    {
        string path = _folder["python"];
        File.WriteAllText(path, "#!/bin/sh\n" + body + "\n");
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return path;
    }
}
