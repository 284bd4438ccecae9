using System.Text.Json;

namespace GpuSer.Console.Tests;

/// <summary>train --dry-run.</summary>
[Collection("training")]
public sealed class DryRunTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string[] _command;

    public DryRunTests()
    {
        string data = _folder.Corpus("corpus", each: 3);
        File.WriteAllText(_folder["corpus", "03a01Fb.wav"], "not a recording");
        _command = ["train", "--dry-run", "--data", data, "--out", _folder["run"], "--width-divisor", "32", "--batch", "8", "--epochs", "5", "--device", "cpu", "--cache", _folder["cache"]];
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void ItCountsAndPredictsAndWritesNothing()
    {
        string[] before = Directory.GetFileSystemEntries(_folder.Root, "*", SearchOption.AllDirectories);
        ConsoleRun run = ConsoleRun.Of([.. _command, "--json"]);

        Assert.True(run.ExitCode == ExitCode.Success, run.Error);
        Assert.Contains("03a01Fb.wav", run.Error, StringComparison.Ordinal);
        Assert.Equal(before, Directory.GetFileSystemEntries(_folder.Root, "*", SearchOption.AllDirectories));
        JsonElement document = JsonDocument.Parse(run.Out).RootElement;
        Assert.Equal(21, document.GetProperty("train").GetInt32() + document.GetProperty("test").GetInt32());
        Assert.All(document.GetProperty("classes").EnumerateArray(), one => Assert.Equal(3, one.GetProperty("train").GetInt32() + one.GetProperty("test").GetInt32()));
        Assert.Equal("[3,33,230]", document.GetProperty("images").GetProperty("longest").GetRawText().ReplaceLineEndings("").Replace(" ", "", StringComparison.Ordinal));
        Assert.True(document.GetProperty("parameters").GetInt64() > 100_000);
        JsonElement bytes = document.GetProperty("predictedBytes"), step = document.GetProperty("measuredStep");
        Assert.Equal(4 * document.GetProperty("parameters").GetInt64(), bytes.GetProperty("gradients").GetInt64());
        Assert.True(document.GetProperty("measuredPeakBytes").GetInt64() > bytes.GetProperty("total").GetInt64());
        Assert.Equal(8, step.GetProperty("batch")[0].GetInt32());
        Assert.True(step.GetProperty("seconds").GetProperty("total").GetDouble() > 0);
        JsonElement seconds = document.GetProperty("predictedSeconds");
        Assert.Equal(5 * seconds.GetProperty("epoch").GetDouble(), seconds.GetProperty("total").GetDouble(), 1e-6);
    }

    [Fact]
    public void PeopleGetItInLinesThatFitATerminal()
    {
        string text = ConsoleRun.Of([.. _command, "--folds", "3"]).Out;
        foreach (string part in (string[])["happiness", "the first of 3 trainings", "VGG-16-BN, width 1/32", "predicted", "measured", "3 trainings of 5 epochs", "nothing was written"])
        {
            Assert.Contains(part, text, StringComparison.Ordinal);
        }

        Assert.All(text.Split('\n'), line => Assert.InRange(line.Length, 0, 80));
    }

    [Fact]
    public void RecordingsAreCutToOneSampleAtLeastAsInTraining()
    {
        ConsoleRun run = ConsoleRun.Of([.. _command, "--json", "--max-seconds", "0.00001"]);
        Assert.True(run.ExitCode == ExitCode.Success, run.Error);
        JsonElement images = JsonDocument.Parse(run.Out).RootElement.GetProperty("images");
        Assert.Equal(32, images.GetProperty("longest")[1].GetInt32());
    }

    [Fact]
    public void AFolderThatIsTakenIsToldBeforeTheTrainingIs()
    {
        Directory.CreateDirectory(_folder["run"]);
        File.WriteAllText(_folder["run", "config.json"], "{}");
        ConsoleRun run = ConsoleRun.Of([.. _command, "--model", "F"]);
        Assert.Equal(ExitCode.Success, run.ExitCode);
        Assert.Contains("give another folder with --out", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void WhatTrainingRefusesItRefuses()
    {
        ConsoleRun.Of([.. _command, "--lr", "-1"]).AssertRefused("rate");
        ConsoleRun.Of([.. _command, "--weights", _folder["none.pth"]]).AssertRefused("none.pth");
        ConsoleRun.Of("train", "--resume", _folder.Root, "--dry-run").AssertRefused("--dry-run has nothing to say to --resume");
    }
}
