using System.Text.Json;
using GpuSer.IO;
using GpuSer.Training.Data;
using GpuSer.Training.Evaluation;
using GpuSer.Training.Reports;
using GpuSer.Training.Runs;

namespace GpuSer.Training.Tests.Reports;

/// <summary>Which runs a page is made of, and which not.</summary>
public sealed class ReportedRunsTests : IDisposable
{
    private readonly SpokenCorpus _spoken = new(3, 2, 'F', 'W', 'N');

    public void Dispose() => _spoken.Dispose();

    [Fact]
    public void Runs_of_a_plan_are_one_group_with_its_spread()
    {
        string folder = _spoken.Runs;
        Directory.CreateDirectory(folder);
        new StoredPlan(_spoken.Folder, "emodb", new SplitPlan { Kind = SplitKind.KFold, Folds = 2 }, new TrainOptions()) { Trainings = 2 }.Write(folder);
        EpochResult[] other = [MadeRun.Epochs[0] with { Accuracy = 0.5 }];
        MadeRun.End(MadeRun.Write(Path.Combine(folder, "fold-1"), _spoken.Corpus));
        MadeRun.End(MadeRun.Write(Path.Combine(folder, "fold-2"), _spoken.Corpus, epochs: other));
        RunFolder single = MadeRun.Write(Path.Combine(_spoken.Folder, "single"), _spoken.Corpus);

        string page = Path.Combine(_spoken.Folder, "both.html");
        RunReport.Write([folder, single.Path], page);

        JsonElement groups = MadeRun.Document(page).GetProperty("groups");
        Assert.Equal(["runs", "single"], groups.EnumerateArray().Select(g => g.GetProperty("name").GetString()));
        JsonElement accuracy = groups[0].GetProperty("best").GetProperty("accuracy");
        Spread expected = Spread.Of(2.0 / 3, 0.5);
        Assert.Equal(expected.Mean, accuracy.GetProperty("mean").GetDouble(), 12);
        Assert.Equal(expected.Deviation!.Value, accuracy.GetProperty("deviation").GetDouble(), 12);
        Assert.Equal(18, groups[0].GetProperty("confusion").EnumerateArray().Sum(row => row.EnumerateArray().Sum(cell => cell.GetInt32())));
        Assert.True(groups[0].GetProperty("configuration").TryGetProperty("plan.json", out _));
        Assert.Equal([2, 1], groups.EnumerateArray().Select(g => g.GetProperty("planned").GetInt32()));
    }

    [Fact]
    public void A_plan_that_was_stopped_is_reported_without_the_run_that_is_not_done()
    {
        string folder = _spoken.Runs;
        Directory.CreateDirectory(folder);
        new StoredPlan(_spoken.Folder, "emodb", new SplitPlan { Kind = SplitKind.KFold, Folds = 10 }, new TrainOptions()) { Trainings = 10 }.Write(folder);
        RunFolder first = MadeRun.Write(Path.Combine(folder, "fold-1"), _spoken.Corpus);
        Assert.Contains("no training of this plan is done, so there is nothing to report yet; give the folder of one, such as fold-1", Refused(folder), StringComparison.Ordinal);

        MadeRun.End(first);
        MadeRun.Write(Path.Combine(folder, "fold-2"), _spoken.Corpus, epochs: [MadeRun.Epochs[0]]);
        string page = Path.Combine(folder, RunReport.FileName);
        RunReport.Write([folder], page, audio: false);

        JsonElement data = MadeRun.Document(page), group = data.GetProperty("groups")[0];
        Assert.Equal(10, group.GetProperty("planned").GetInt32());
        Assert.Equal(["fold-1"], group.GetProperty("runs").EnumerateArray().Select(run => run.GetProperty("name").GetString()));
        Assert.Equal(2.0 / 3, group.GetProperty("best").GetProperty("accuracy").GetProperty("mean").GetDouble(), 12);
        Assert.Equal(9, group.GetProperty("speakers").EnumerateArray().Sum(s => s.GetProperty("count").GetInt32()));
        Assert.Equal("Not in the figures: runs, fold-2: it is not done (1 of 3 epochs)", Assert.Single(data.GetProperty("notes").EnumerateArray()).GetString());
    }

    [Fact]
    public void Tables_of_another_epoch_than_the_figures_are_told()
    {
        RunFolder run = MadeRun.Write(_spoken.Runs, _spoken.Corpus);
        RunReport.Write([run.Path], run.Report, audio: false);
        Assert.Empty(MadeRun.Document(run.Report).GetProperty("notes").EnumerateArray());

        // As where the process was killed between the tables of the second epoch, the best so far, and its line.
        run.SaveResults(MadeRun.Epochs[..1]);
        RunReport.Write([run.Path], run.Report, audio: false);

        string note = Assert.Single(MadeRun.Document(run.Report).GetProperty("notes").EnumerateArray()).GetString()!;
        Assert.StartsWith("runs: matrix, classes, speakers and errors are of another epoch", note, StringComparison.Ordinal);
    }

    [Fact]
    public void What_cannot_be_reported_says_why()
    {
        RunFolder run = MadeRun.Write(_spoken.Runs, _spoken.Corpus, epochs: []);
        Assert.Contains("nothing to report yet", Refused(run.Path), StringComparison.Ordinal);
        Assert.Contains("holds no run", Refused(_spoken.Folder), StringComparison.Ordinal);

        run.SaveResults(MadeRun.Epochs);
        string[] lines = File.ReadAllLines(run.Predictions);
        File.WriteAllLines(run.Predictions, [.. lines[..^1], lines[^1].Replace("anger", "joy", StringComparison.Ordinal).Replace("neutral", "joy", StringComparison.Ordinal)]);
        Assert.Contains($"line {lines.Length}: 'joy'", Refused(run.Path), StringComparison.Ordinal);
        File.WriteAllText(run.Results, "epoch,train_loss\n1,many\n");
        Assert.StartsWith(run.Results, Refused(run.Path), StringComparison.Ordinal);
        Assert.False(File.Exists(run.Report));
    }

    private static string Refused(string folder) =>
        Assert.Throws<InvalidFileException>(() => RunReport.Write([folder], Path.Combine(folder, RunReport.FileName))).Message;
}
