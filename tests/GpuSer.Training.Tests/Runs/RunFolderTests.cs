using GpuSer.IO;
using GpuSer.Training.Data;
using GpuSer.Training.Evaluation;
using GpuSer.Training.Models;
using GpuSer.Training.Optimisation;
using GpuSer.Training.Runs;

namespace GpuSer.Training.Tests.Runs;

public sealed class RunFolderTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("gpuser-run-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void What_was_configured_is_read_back()
    {
        RunFolder created = Create();

        RunFolder opened = RunFolder.Open(_folder);

        Assert.Equal(created.Configuration.Model.Network, opened.Configuration.Model.Network);
        Assert.Equal(created.Configuration.Options.LearningRate, opened.Configuration.Options.LearningRate);
        Assert.Equal(created.Split.Test, opened.Split.Test);
        Assert.Equal(["a.wav"], opened.Split.Train);
    }

    [Fact]
    public void A_folder_without_a_run_says_what_to_give()
    {
        Assert.Contains("holds no run", Message(Path.Combine(_folder, "none")), StringComparison.Ordinal);
        Assert.Contains("holds no run", Message(_folder), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("config.json")]
    [InlineData("split.json")]
    public void A_damaged_file_is_named_wherever_it_is_cut(string name)
    {
        Create();
        string file = Path.Combine(_folder, name);
        string whole = File.ReadAllText(file).TrimEnd();
        for (int length = 0; length < whole.Length; length += 7)
        {
            File.WriteAllText(file, whole[..length]);
            Assert.StartsWith(file + ": is damaged", Message(_folder), StringComparison.Ordinal);
        }

        File.Delete(file);
        Assert.Throws<InvalidFileException>(() => RunFolder.Open(_folder));
    }

    [Theory]
    [InlineData("\"bestEpoch\":1", "\"bestEpoch\":2")]
    [InlineData("\"bestEpoch\":1", "\"bestEpoch\":-1")]
    [InlineData("\"bestEpoch\":1", "\"bestEpoch\":0")]
    [InlineData("\"truth\":0", "\"truth\":7")]
    [InlineData("\"truth\":0", "\"truth\":-1")]
    [InlineData("[1,0,0,0,0,0,0]", "[]")]
    [InlineData("[1,0,0,0,0,0,0]", "[1,0,0,0,0,0,0,0]")]
    [InlineData("\"batch\":0", "\"batch\":-1")]
    [InlineData("\"bestTest\":[", "\"bestTest\":[null,")]
    [InlineData("\"epochs\":[", "\"epochs\":[null,")]
    public void An_outcome_that_no_training_can_have_is_damaged(string right, string wrong)
    {
        RunFolder run = Create();
        EpochResult epoch = new(1, 1, 1, 1, 1, 1, 1, 1, default, 1);
        string text = new TrainingProgress { Recordings = "x", Epochs = [epoch], BestEpoch = 1, BestTest = [new Judgement("b.wav", "s", 0, [1, .. new float[run.Configuration.Model.Labels.Count - 1]])] }.ToJson();
        Assert.Contains(right, text, StringComparison.Ordinal);

        InvalidFileException error = Assert.Throws<InvalidFileException>(
            () => TrainingProgress.FromJson(run.Outcome, text.Replace(right, wrong, StringComparison.Ordinal)).ToResult(run));
        Assert.StartsWith(run.Outcome + ": ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_run_is_not_overwritten_unasked()
    {
        RunFolder.RequireFree(_folder);
        Create();

        Assert.Throws<InvalidFileException>(() => RunFolder.RequireFree(_folder));
    }

    [Fact]
    public void The_line_of_an_epoch_does_not_wait_for_its_weights()
    {
        RunFolder run = Create();
        Directory.CreateDirectory(run.LastWeights); // in the way of the weights
        using Vgg network = new(run.Configuration.Model.Network);
        using FusedAdam adam = new(network.named_parameters(), new AdamOptions(), 1);
        EpochResult epoch = new(1, 1, 0.5, 1, 0.5, 0.5, 0.5, 1, default, 1);

        new RunKeeper(run, network, adam, 0, null).SaveEpoch([epoch]);

        Assert.Equal(2, File.ReadAllLines(run.Results).Length);
        Assert.False(File.Exists(run.LastWeights));
    }

    [Fact]
    public void A_folder_that_cannot_be_made_is_named()
    {
        string file = Path.Combine(_folder, "file");
        File.WriteAllText(file, string.Empty);

        Assert.Contains(file, Assert.Throws<InvalidFileException>(() => Create(file)).Message, StringComparison.Ordinal);
    }

    private static string Message(string folder) => Assert.Throws<InvalidFileException>(() => RunFolder.Open(folder)).Message;

    private RunFolder Create(string? folder = null)
    {
        VggOptions network = new() { WidthDivisor = 32 };
        RunConfiguration configuration = new()
        {
            Data = "data",
            Split = "test",
            LearningRate = 1e-4,
            Options = new TrainOptions { LearningRate = 1e-4, Network = network },
            Model = new ModelDescription { Labels = EmotionLabels.EmoDb, Network = network, Recipe = "r", Features = FeatureOptions.Default },
        };
        return RunFolder.Create(
            folder ?? _folder, configuration, new Split("test", [new Utterance("/d/a.wav", "a.wav", 0, "1")], [new Utterance("/d/b.wav", "b.wav", 1, "1")]));
    }
}
