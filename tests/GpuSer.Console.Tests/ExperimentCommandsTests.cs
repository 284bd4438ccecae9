using System.Text.Json;

namespace GpuSer.Console.Tests;

/// <summary>ablate and order on a small corpus, and train with what they find.</summary>
[Collection("training")]
public sealed class ExperimentCommandsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string[] _small;

    public ExperimentCommandsTests() => _small =
    [
        "--data", _folder.Corpus("corpus", each: 2), "--out", _folder["out"], "--epochs", "1", "--width-divisor", "32", "--batch", "8",
    ];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void AblateShowsTheTableAndASecondCallTrainsNothing()
    {
        string[] command = ["ablate", .. _small, "--models", "A,F", "--seeds", "2", "--csv", _folder["table.csv"]];
        ConsoleRun first = ConsoleRun.Of(command), second = ConsoleRun.Of([.. command, "--json"]), resumed = ConsoleRun.Of("ablate", "--resume", _folder["out"]);

        Assert.True(first.ExitCode == ExitCode.Success, first.Error);
        Assert.Matches(@"A +nothing +2 .* 87\.73", first.Out);
        Assert.Matches(@"F +mini-batch padding +2 .* - ", first.Out);
        Assert.Contains("split: stratified, seed 1; stratified, seed 2", first.Out, StringComparison.Ordinal);
        Assert.Contains("4 of 4", first.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("epoch 1", second.Error, StringComparison.Ordinal);
        Assert.Equal(first.Out, resumed.Out);
        JsonElement models = JsonDocument.Parse(second.Out).RootElement.GetProperty("models");
        Assert.Equal(["A", "F"], models.EnumerateArray().Select(model => model.GetProperty("model").GetString()));
        Assert.Equal(0.8773, models[0].GetProperty("paperAccuracy").GetDouble());
        Assert.Equal(JsonValueKind.Null, models[1].GetProperty("paperAccuracy").ValueKind);
        Assert.Equal(2, models[1].GetProperty("best").GetProperty("accuracy").GetProperty("count").GetInt32());
        string[] table = File.ReadAllLines(_folder["table.csv"]);
        Assert.Equal(3, table.Length);
        Assert.All(table, line => Assert.Equal(17, line.Split(',').Length));
        Assert.Equal(5, File.ReadAllLines(_folder["out", "runs.csv"]).Length);
    }

    [Fact]
    public void AblateRefusesAModelThatChangesNothing()
    {
        ConsoleRun.Of(["ablate", .. _small, "--no-augment", "--models", "A,D"]).AssertRefused("signal augmentation");
        ConsoleRun.Of(["ablate", .. _small, "--no-batch-norm"]).AssertRefused("model B leaves out"); // of all six, where none is named
    }

    [Fact]
    public void OrderReportsWhatItFoundAndTrainTakesIt()
    {
        ConsoleRun run = ConsoleRun.Of(["order", .. _small, "--short-list", "2", "--seeds", "1", "--json"]);
        Assert.True(run.ExitCode == ExitCode.Success, run.Error);
        JsonElement document = JsonDocument.Parse(run.Out).RootElement;
        Assert.Equal(720, document.GetProperty("linear").GetProperty("orders").GetInt32());
        Assert.False(document.GetProperty("linear").GetProperty("seesOrder").GetBoolean());
        Assert.Equal(2, document.GetProperty("shortList").GetArrayLength());
        Assert.Contains("--seeds", document.GetProperty("verdict").GetString(), StringComparison.Ordinal);
        Assert.Equal(721, File.ReadAllLines(_folder["out", "orders.csv"]).Length);

        const string order = "tonnetz,mel,chroma,contrast,mfcc,harmonic-percussive";
        string[] train = ["train", .. _small, "--model", "F", "--order", order];
        train[4] = _folder["trained"];
        Assert.Equal(ExitCode.Success, ConsoleRun.Of(train).ExitCode);
        JsonElement configuration = JsonDocument.Parse(File.ReadAllText(_folder["trained", "config.json"])).RootElement;
        Assert.False(configuration.GetProperty("options").GetProperty("padBatches").GetBoolean());
        Assert.Equal("tonnetz", configuration.GetProperty("model").GetProperty("features").GetProperty("order")[0].GetString());
        Assert.Equal(
            ExitCode.Success, ConsoleRun.Of("evaluate", "--run", _folder["trained"], "--data", _folder["corpus"]).ExitCode);
    }

    [Fact]
    public void OrderTakesOneSplit() => ConsoleRun.Of(["order", .. _small, "--split", "loso"]).AssertRefused("--test-speakers");
}
