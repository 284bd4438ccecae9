using System.IO.Compression;
using System.Text.Json;
using GpuSer.Reference;

namespace GpuSer.Console.Tests;

// Seed and number of threads of torch belong to the process.
[Collection("training")]
public sealed class DataCommandsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void CheckCountsAndNamesWhatCannotBeUsed()
    {
        string data = _folder.Corpus("corpus", each: 2);
        File.Copy(_folder["corpus", "03a01Fa.wav"], _folder["corpus", "05a01Fa.wav"]);
        _folder.Wav("corpus/05a01Wa.wav", new short[22050]);
        File.WriteAllText(_folder["corpus", "05a01Xa.wav"], "not an emotion");

        ConsoleRun run = ConsoleRun.Of("data", "check", data, "--json");

        Assert.Equal(ExitCode.BadInput, run.ExitCode);
        Assert.Contains("taken as emodb: 16 recordings, 7 classes, 3 speakers", run.Error, StringComparison.Ordinal);
        JsonElement document = JsonDocument.Parse(run.Out).RootElement;
        Assert.Equal(15, document.GetProperty("recordings").GetInt32());
        Assert.Equal([2, 2, 2, 2, 2, 2, 3], document.GetProperty("labels").EnumerateArray().Select(label => label.GetProperty("count").GetInt32()));
        Assert.Equal(["03", "04", "05"], document.GetProperty("speakers").EnumerateArray().Select(speaker => speaker.GetProperty("speaker").GetString()));
        Assert.Equal(0.75, document.GetProperty("seconds").GetProperty("median").GetDouble(), 3);
        string bad = document.GetProperty("badFiles").GetRawText();
        Assert.Contains("05a01Wa.wav", bad, StringComparison.Ordinal);
        Assert.Contains("is silent", bad, StringComparison.Ordinal);
        Assert.Contains("05a01Xa.wav", bad, StringComparison.Ordinal);
        Assert.Contains("05a01Fa.wav", document.GetProperty("copies").GetRawText(), StringComparison.Ordinal);

        string text = ConsoleRun.Of("data", "check", data).Out;
        foreach (string part in (string[])["happiness", "22050 Hz 15", "median 0.75 s", "2 bad files, 1 copies", "03a01Fa.wav, 05a01Fa.wav"])
        {
            Assert.Contains(part, text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void CheckOfAListWithMarkupInItsNamesIsShownAsItIs()
    {
        _folder.Tone("a.wav", 200);
        _folder.Tone("b.wav", 300);
        File.WriteAllText(_folder["list.csv"], "path,label,speaker\na.wav,[red]joy,x\nb.wav,\"a, [b]\",[/]\n");

        ConsoleRun run = ConsoleRun.Of("data", "check", _folder["list.csv"]);

        Assert.True(run.ExitCode == ExitCode.Success, run.Error);
        Assert.Contains("[red]joy", run.Out, StringComparison.Ordinal);
        Assert.Contains("taken as csv", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void GetFetchesAndSaysTermsAndChecksum()
    {
        byte[] archive = Archive();
        using LocalServer server = new(request => LocalServer.File(request, archive, "\"1\""));

        ConsoleRun run = ConsoleRun.Of("data", "get", "emodb", "--url", server.Url.ToString(), "--out", _folder["emodb"]);

        Assert.True(run.ExitCode == ExitCode.Success, run.Error);
        Assert.Contains("Burkhardt", run.Error, StringComparison.Ordinal);
        Assert.Contains("licence", run.Error, StringComparison.Ordinal);
        Assert.Contains("535 recordings", run.Out, StringComparison.Ordinal);
        Assert.Contains(Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(archive)), run.Out, StringComparison.Ordinal);
        ConsoleRun.Of("data", "get", "emodb", "--url", server.Url.ToString(), "--out", _folder["emodb"]).AssertRefused("is there already");
        File.WriteAllBytes(_folder["own.zip"], archive);
        Assert.Contains($"kept: {_folder["own.zip"]}", ConsoleRun.Of("data", "get", "emodb", "--url", server.Url.ToString(), "--out", _folder["own"]).Out, StringComparison.Ordinal);
        ConsoleRun.Of("data", "get", "emodb", "--url", server.Url.ToString(), "--out", _folder["x"], "--sha256", "00").AssertRefused("SHA-256");
    }

    [Theory]
    [InlineData("data get ravdess")]
    [InlineData("data get emodb --url nonsense")]
    [InlineData("data get emodb --url file:///etc/passwd")]
    [InlineData("data check nowhere")]
    [InlineData("data check . --dataset cremad")]
    [InlineData("train --data x --split kfold --folds 1")]
    [InlineData("train --data x --folds 3 --fold 4")]
    [InlineData("train --data x --folds many")]
    [InlineData("train --data x --split speakers")]
    [InlineData("train --data x --split file")]
    [InlineData("train --data x --split random --test-speakers 03")]
    [InlineData("train --data x --split loso --folds 3")]
    [InlineData("train --data x --folds 3 --split-file y")]
    [InlineData("train --data x --split half")]
    public void WhatDoesNotFitIsRefused(string line) => ConsoleRun.Of(line.Split(' ')).AssertRefused("gpuser: ");

    [Fact]
    public void TrainingInFoldsReportsMeanAndSpread()
    {
        string data = _folder.Corpus("corpus", each: 2);
        string[] common = ["train", "--data", data, "--epochs", "1", "--width-divisor", "32", "--batch", "8", "--limit", "8"];

        ConsoleRun run = ConsoleRun.Of([.. common, "--folds", "2", "--out", _folder["folds"], "--json"]);

        Assert.True(run.ExitCode == ExitCode.Success, run.Error);
        JsonElement document = JsonDocument.Parse(run.Out).RootElement;
        Assert.Equal(2, document.GetProperty("folds").GetArrayLength());
        Assert.Equal(8, document.GetProperty("pooled").GetProperty("count").GetInt32());
        Assert.Equal(2, document.GetProperty("best").GetProperty("accuracy").GetProperty("count").GetInt32());
        Assert.Contains("fold-2, 2 of 2", run.Error, StringComparison.Ordinal);
        Assert.True(File.Exists(_folder["folds", "fold-1", "speakers.csv"]));
        ConsoleRun.Of([.. common, "--folds", "2", "--out", _folder["folds"]]).AssertRefused("folds.csv");

        ConsoleRun one = ConsoleRun.Of([.. common, "--folds", "2", "--fold", "2", "--out", _folder["one"]]);
        Assert.Contains("fold 2 of 2", one.Out, StringComparison.Ordinal);

        ConsoleRun again = ConsoleRun.Of([.. common, "--split-file", _folder["one", "split.json"], "--out", _folder["lists"]]);
        Assert.True(again.ExitCode == ExitCode.Success, again.Error);
        Assert.Equal(File.ReadAllBytes(_folder["one", "weights", "last.safetensors"]), File.ReadAllBytes(_folder["lists", "weights", "last.safetensors"]));
    }

    private static byte[] Archive()
    {
        using MemoryStream bytes = new();
        using (ZipArchive zip = new(bytes, ZipArchiveMode.Create, leaveOpen: true))
        {
            for (int i = 0; i < 535; i++)
            {
                zip.CreateEntry($"wav/{3 + (i % 14):00}a{i / 98:00}{"ATEWLNF"[i / 14 % 7]}a.wav");
            }
        }

        return bytes.ToArray();
    }
}
