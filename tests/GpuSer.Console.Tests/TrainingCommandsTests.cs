using System.Text.Json;
using GpuSer.Cuda;

namespace GpuSer.Console.Tests;

/// <summary>train, evaluate and predict on a small corpus, one after the other as a user would.</summary>
[Collection("training")]
public sealed class TrainingCommandsTests(TrainingCommandsTests.TrainedRun trained) : IClassFixture<TrainingCommandsTests.TrainedRun>
{
    public sealed class TrainedRun : IDisposable
    {
        public TrainedRun()
        {
            Data = Folder.Corpus("corpus", each: 3);
            File.WriteAllText(Folder["corpus", "03a01Fb.wav"], "not a recording");
            File.WriteAllText(Folder["corpus", "03a01Xa.wav"], "not an emotion");
            Run = ConsoleRun.Of(Arguments("run"));
        }

        internal TemporaryFolder Folder { get; } = new();

        internal string Data { get; }

        internal ConsoleRun Run { get; }

        internal string RunFolder => Folder["run"];

        internal string[] Arguments(string output) =>
        [
            "train", "--data", Data, "--out", Folder[output], "--epochs", "2", "--width-divisor", "16", "--seed", "5", "--batch", "8", "--json",
        ];

        public void Dispose() => Folder.Dispose();
    }

    [Fact]
    public void TrainWritesTheRunFolder()
    {
        Assert.Equal(ExitCode.Success, trained.Run.ExitCode);
        foreach (string file in (string[])["config.json", "results.csv", "confusion.csv", "speakers.csv", "weights/best.safetensors", "weights/last.safetensors", "report.html", "weights/README.md"])
        {
            Assert.True(File.Exists(trained.Folder["run", file]), file);
        }

        string[] results = File.ReadAllLines(trained.Folder["run", "results.csv"]);
        Assert.StartsWith("epoch,train_loss,test_loss,accuracy,uar,seconds", results[0], StringComparison.Ordinal);
        Assert.Equal(3, results.Length);
        Assert.Equal(2, Json(trained.Run).GetProperty("epochs").GetArrayLength());
    }

    [Fact]
    public void TrainNamesTheFilesItLeftOut()
    {
        Assert.Contains("03a01Fb.wav", trained.Run.Error, StringComparison.Ordinal);
        Assert.Contains("03a01Xa.wav", trained.Run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void TheSameSeedGivesTheSameLosses()
    {
        ConsoleRun again = ConsoleRun.Of(trained.Arguments("again"));
        Assert.Equal(Losses("run"), Losses("again"));
        Assert.Equal(ExitCode.Success, again.ExitCode);
    }

    [Fact]
    public void AnotherRunIsNotOverwritten() => ConsoleRun.Of(trained.Arguments("run")).AssertRefused("--out");

    [Fact]
    public void AReportIsMadeAgainOrComparesRuns()
    {
        string page = trained.Folder["both.html"];
        ConsoleRun compared = ConsoleRun.Of("report", trained.RunFolder, trained.RunFolder, "--out", page, "--json");
        Assert.Equal(page, Json(compared).GetProperty("report").GetString());
        Assert.Equal(new FileInfo(page).Length, Json(compared).GetProperty("bytes").GetInt64());

        ConsoleRun again = ConsoleRun.Of("report", trained.RunFolder, "--data", trained.Data, "--no-audio", "--out", trained.Folder["silent.html"]);
        Assert.Equal(trained.Folder["silent.html"], again.Out.Trim());
        Assert.DoesNotContain("data:audio", File.ReadAllText(trained.Folder["silent.html"]), StringComparison.Ordinal);

        ConsoleRun.Of("report", trained.Data).AssertRefused("holds no run");
        ConsoleRun.Of("report", trained.RunFolder, "--out", trained.Folder["none", "page.html"]).AssertRefused(trained.Folder["none", "page.html"]);
    }

    [Fact]
    public void EventFilesAreWrittenOnRequest()
    {
        Assert.Empty(Directory.GetFiles(trained.RunFolder, "*tfevents*"));
        ConsoleRun run = ConsoleRun.Of([.. trained.Arguments("events"), "--tensorboard"]);
        Assert.Equal(trained.Folder["events", "report.html"], Json(run).GetProperty("report").GetString());
        Assert.Single(Directory.GetFiles(trained.Folder["events"], "events.out.tfevents.*"));
    }

    [Fact]
    public void EvaluateGivesTheDocument()
    {
        ConsoleRun run = ConsoleRun.Of("evaluate", "--run", trained.RunFolder, "--data", trained.Data, "--json");
        JsonElement document = Json(run);
        string[] names = [.. document.EnumerateObject().Select(property => property.Name)];
        Assert.Equal(["split", "count", "accuracy", "uar", "macroF1", "labels", "confusion", "speakers"], names);
        int count = document.GetProperty("count").GetInt32();
        int counted = document.GetProperty("confusion").EnumerateArray().Sum(row => row.EnumerateArray().Sum(cell => cell.GetInt32()));
        Assert.Equal(count, counted);
        Assert.Equal("fear", document.GetProperty("labels")[0].GetString());

        string best = File.ReadAllLines(trained.Folder["run", "results.csv"]).Skip(1).Select(line => line.Split(',')[3]).MaxBy(double.Parse)!;
        Assert.Equal(double.Parse(best), document.GetProperty("accuracy").GetDouble(), 12);
    }

    [Fact]
    public void EvaluateAllTakesTheWholeFolder()
    {
        ConsoleRun run = ConsoleRun.Of("evaluate", "--run", trained.RunFolder, "--data", trained.Data, "--all", "--json");
        Assert.Equal(21, Json(run).GetProperty("count").GetInt32());
    }

    [Fact]
    public void EvaluateShowsATableToPeople()
    {
        string text = ConsoleRun.Of("evaluate", "--run", trained.RunFolder, "--data", trained.Data).Out;
        Assert.Contains("happiness", text, StringComparison.Ordinal);
        Assert.Contains("unweighted average recall", text, StringComparison.Ordinal);
    }

    [Fact]
    public void PredictGivesAListWithADistribution()
    {
        string file = trained.Folder["corpus", "03a01Wa.wav"];
        ConsoleRun run = ConsoleRun.Of("predict", "--run", trained.RunFolder, file, "--json");
        JsonElement entry = Json(run)[0];
        Assert.Equal(file, entry.GetProperty("file").GetString());
        Dictionary<string, double> probabilities = entry.GetProperty("probabilities").EnumerateObject().ToDictionary(p => p.Name, p => p.Value.GetDouble());
        Assert.Equal(7, probabilities.Count);
        Assert.Equal(1, probabilities.Values.Sum(), 6);
        Assert.Equal(probabilities.MaxBy(pair => pair.Value).Key, entry.GetProperty("label").GetString());
        Assert.Equal(0.75, entry.GetProperty("seconds").GetDouble(), 3);
    }

    [Fact]
    public void TheEmulatedDevicePredictsAndEvaluatesAsTheCpuDoes()
    {
        string file = trained.Folder["corpus", "03a01Wa.wav"];
        string[] predict = ["predict", "--run", trained.RunFolder, file, "--json", "--device"];
        JsonElement cpu = Json(ConsoleRun.Of([.. predict, "cpu"]))[0], device = Json(ConsoleRun.Of([.. predict, "emulated"]))[0];
        Assert.Equal(cpu.GetProperty("label").GetString(), device.GetProperty("label").GetString());
        foreach (JsonProperty probability in cpu.GetProperty("probabilities").EnumerateObject())
            Assert.Equal(probability.Value.GetDouble(), device.GetProperty("probabilities").GetProperty(probability.Name).GetDouble(), 1e-3);

        string[] evaluate = ["evaluate", "--run", trained.RunFolder, "--data", trained.Data, "--limit", "7", "--json", "--device"];
        Assert.Equal(ConsoleRun.Of([.. evaluate, "cpu"]).Out, ConsoleRun.Of([.. evaluate, "emulated"]).Out);
    }

    [SkippableFact]
    public void AMissingDriverIsOneLineForAnEvaluationToo()
    {
        bool found = CudaDrivers.TryOpen(out ICudaDriver? driver, out _);
        driver?.Dispose();
        Skip.If(found, "this machine has a GPU");
        ConsoleRun.Of("evaluate", "--run", trained.RunFolder, "--data", trained.Data, "--device", "cuda").AssertRefused("--device cpu");
        ConsoleRun.Of("predict", "--run", trained.RunFolder, trained.Folder["corpus", "03a01Wa.wav"], "--device", "cuda").AssertRefused("--device cpu");
    }

    [Fact]
    public void WeightsAloneAreEnoughToPredict()
    {
        string file = trained.Folder["corpus", "03a01Wa.wav"];
        ConsoleRun byRun = ConsoleRun.Of("predict", "--run", trained.RunFolder, file, "--json");
        ConsoleRun byFile = ConsoleRun.Of("predict", "--weights", trained.Folder["run", "weights", "best.safetensors"], file, "--json");
        Assert.Equal(byRun.Out, byFile.Out);
    }

    [Fact]
    public void ALongRecordingGetsATimeline()
    {
        string file = trained.Folder.Tone("long.wav", 200, seconds: 5);
        ConsoleRun run = ConsoleRun.Of("predict", "--run", trained.RunFolder, file, "--json", "--max-seconds", "4", "--window", "2", "--hop", "1");
        JsonElement timeline = Json(run)[0].GetProperty("timeline");
        Assert.Equal(4, timeline.GetArrayLength());
        Assert.Equal(3, timeline[3].GetProperty("start").GetDouble(), 6);
    }

    [Fact]
    public void DamagedWeightsAreRefused()
    {
        byte[] bytes = File.ReadAllBytes(trained.Folder["run", "weights", "best.safetensors"]);
        bytes[^100] ^= 1;
        File.WriteAllBytes(trained.Folder["damaged.safetensors"], bytes);
        string file = trained.Folder["corpus", "03a01Wa.wav"];
        ConsoleRun.Of("predict", "--weights", trained.Folder["damaged.safetensors"], file).AssertRefused("damaged.safetensors");
        File.WriteAllBytes(trained.Folder["short.safetensors"], bytes[..1000]);
        ConsoleRun.Of("predict", "--weights", trained.Folder["short.safetensors"], file).AssertRefused("short.safetensors");
        ConsoleRun.Of("predict", "--weights", trained.Folder["none.safetensors"], file).AssertRefused("none.safetensors");
    }

    [Fact]
    public void MissingFoldersAreNamed()
    {
        ConsoleRun.Of("train", "--data", trained.Folder["nowhere"], "--out", trained.Folder["x"]).AssertRefused("nowhere");
        ConsoleRun.Of("evaluate", "--run", trained.Folder["nowhere"], "--data", trained.Data).AssertRefused("nowhere");
        ConsoleRun.Of("predict", "--run", trained.Folder["nowhere"], "a.wav").AssertRefused("nowhere");
        Assert.False(Directory.Exists(trained.Folder["x"]));
    }

    [Fact]
    public void ImpossibleOptionsAreToldTogether()
    {
        ConsoleRun run = ConsoleRun.Of("train", "--data", trained.Data, "--out", trained.Folder["y"], "--epochs", "0", "--batch", "0");
        run.AssertRefused("epochs");
        run.AssertRefused("batch");
    }

    private static JsonElement Json(ConsoleRun run)
    {
        Assert.True(run.ExitCode == ExitCode.Success, run.Error);
        return JsonDocument.Parse(run.Out).RootElement;
    }

    private string Losses(string run) =>
        string.Join('\n', File.ReadAllLines(trained.Folder[run, "results.csv"]).Select(line => string.Join(',', line.Split(',').Take(5))));
}
