using System.Text.Json;
using GpuSer.Console.Output;
using GpuSer.Training;
using GpuSer.Training.Data;
using GpuSer.Training.Models;

namespace GpuSer.Console.Tests;

/// <summary>Folds of which one diverged, as they are shown; and the exit code where every one did.</summary>
[Collection("training")]
public sealed class FoldsOutputTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void AFoldThatDivergedIsNamedAndTheFiguresSayOverHowManyTheyAre()
    {
        TrainOptions options = new() { Epochs = 1, Batch = 8, Network = new VggOptions { WidthDivisor = 32, Hidden = 16 } };
        TrainingData data = TrainingData.Load(EmoDbCorpus.Load(_folder.Corpus("corpus", each: 3)), options);
        using StringWriter error = new(), text = new(), json = new();
        using TrainProgress progress = new(new Terminal(text, error, interactive: false), live: false);

        FoldsResult result = FoldTraining.Run(data, new SplitPlan { Kind = SplitKind.Loso }, options, _folder["run"], new Spoiler(data, progress));
        FoldsOutput.Write(text, result, _folder["run"], json: false);
        FoldsOutput.Write(json, result, _folder["run"], json: true);

        Assert.Matches("gpuser: speaker-04: epoch 1, batch . of 2: the loss is NaN.*; this fold is left out\n", error.ToString());
        Assert.Matches("\nspeaker-04: not in the figures: epoch 1, batch . of 2: the loss is NaN", text.ToString());
        Assert.Contains("over 2 of 3 folds", text.ToString(), StringComparison.Ordinal);
        JsonElement document = JsonDocument.Parse(json.ToString()).RootElement;
        Assert.Equal((3, 2), (document.GetProperty("planned").GetInt32(), document.GetProperty("folds").GetArrayLength()));
        JsonElement failure = Assert.Single(document.GetProperty("failures").EnumerateArray());
        Assert.Equal("speaker-04", failure.GetProperty("name").GetString());
        Assert.Equal(14, document.GetProperty("pooled").GetProperty("count").GetInt32());
    }

    [Fact]
    public void WhereEveryFoldDivergesTheExitCodeSaysSo()
    {
        ConsoleRun run = ConsoleRun.Of(
            "train", "--data", _folder.Corpus("corpus", each: 2), "--out", _folder["out"], "--split", "loso", "--epochs", "2", "--width-divisor", "32", "--batch", "4", "--lr", "1e30");
        Assert.Equal(ExitCode.Diverged, run.ExitCode);
        Assert.Contains("gpuser: none of 2 folds came to its end; speaker-03: epoch ", run.Error, StringComparison.Ordinal);
        Assert.Empty(run.Out);
    }

    /// <summary>Makes a recording of the first speaker no signal while the second fold trains on it.</summary>
    private sealed class Spoiler(TrainingData data, IProgress<TrainEvent> next) : IProgress<TrainEvent>
    {
        private readonly float[] _samples = data.Voiced.First(voiced => voiced.Utterance.Speaker == "03").Samples;
        private readonly float _first = data.Voiced.First(voiced => voiced.Utterance.Speaker == "03").Samples[0];

        public void Report(TrainEvent value)
        {
            next.Report(value);
            if (value is FoldStarted fold)
            {
                _samples[0] = fold.Fold == 2 ? float.NaN : _first;
            }
        }
    }
}
