using GpuSer.IO;
using GpuSer.Training.Data;

namespace GpuSer.Training.Tests.Data;

public sealed class SplitPlanTests : IDisposable
{
    private static readonly Utterance[] All = Made(53);

    private readonly DataTree _tree = new();

    public void Dispose() => _tree.Dispose();

    [Theory]
    [InlineData(2)]
    [InlineData(5)]
    [InlineData(10)]
    [InlineData(53)]
    public void Folds_test_everybody_once_with_equal_shares(int folds)
    {
        IReadOnlyList<PlannedSplit> splits = new SplitPlan { Kind = SplitKind.KFold, Folds = folds }.Make(All, 3);

        Assert.Equal(Enumerable.Range(1, folds).Select(i => $"fold-{i}"), splits.Select(planned => planned.Name));
        Assert.Equal(All.OrderBy(u => u.Name), splits.SelectMany(planned => planned.Split.Test).OrderBy(u => u.Name));
        Assert.All(splits, planned =>
        {
            Assert.Equal(All.Length, planned.Split.Train.Count + planned.Split.Test.Count);
            Assert.InRange(planned.Split.Test.Count, All.Length / folds, (All.Length / folds) + 1);
            for (int label = 0; label < 3; label++)
            {
                int size = All.Count(u => u.Label == label), test = planned.Split.Test.Count(u => u.Label == label);
                Assert.InRange(test, size / folds, (size / folds) + 1);
            }
        });
    }

    [Fact]
    public void One_fold_is_that_fold_of_all()
    {
        SplitPlan plan = new() { Kind = SplitKind.KFold, Folds = 4 };

        PlannedSplit third = Assert.Single((plan with { Fold = 3 }).Make(All, 3));

        Assert.Equal(plan.Make(All, 3)[2].Split.Test, third.Split.Test);
        Assert.Equal("fold-3", third.Name);
        Assert.True((plan with { Fold = 3 }).Single);
        Assert.False(plan.Single);
        Assert.NotEqual(plan.Make(All, 3)[0].Split.Test, plan.Make(All, 4)[0].Split.Test);
    }

    [Fact]
    public void Each_speaker_is_left_out_once()
    {
        IReadOnlyList<PlannedSplit> splits = new SplitPlan { Kind = SplitKind.Loso }.Make(All, 1);

        Assert.Equal(["speaker-a_b", "speaker-a_b-2", "speaker-c"], splits.Select(planned => planned.Name));
        Assert.Equal(All.OrderBy(u => u.Name), splits.SelectMany(planned => planned.Split.Test).OrderBy(u => u.Name));
        Assert.All(splits, planned =>
        {
            string speaker = Assert.Single(planned.Split.Test.Select(u => u.Speaker).Distinct());
            Assert.DoesNotContain(planned.Split.Train, u => u.Speaker == speaker);
            Assert.Contains(speaker, planned.Split.Name, StringComparison.Ordinal);
        });
    }

    [Fact]
    public void Speakers_that_are_not_named_cannot_be_held_out()
    {
        Utterance[] some = [.. All, new Utterance("/d/x.wav", "x.wav", 0, Utterance.UnknownSpeaker)];

        Assert.Contains("/d/x.wav", Assert.Throws<TrainingException>(() => new SplitPlan { Kind = SplitKind.Loso }.Make(some, 1)).Message, StringComparison.Ordinal);
        Assert.Throws<TrainingException>(() => new SplitPlan { Kind = SplitKind.Speakers, TestSpeakers = ["c"] }.Make(some, 1));
        Utterance[] one = [.. All.Where(u => u.Speaker == "c")];
        Assert.Contains("needs two", Assert.Throws<TrainingException>(() => new SplitPlan { Kind = SplitKind.Loso }.Make(one, 1)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_speaker_in_both_parts_is_refused_where_speakers_are_held_out()
    {
        Utterance[] same = [.. All.Where(u => u.Speaker == "c")];

        Assert.Contains("speaker c", Assert.Throws<TrainingException>(() => new Split("planted", same[..2], same[2..], bySpeaker: true)).Message, StringComparison.Ordinal);
        Assert.Equal(2, new Split("planted", same[..2], same[2..]).Train.Count);
    }

    [Fact]
    public void One_file_under_two_names_is_refused()
    {
        Utterance twice = All[0] with { Path = "/d/./" + All[0].Name, Name = "other.wav" };

        Assert.Contains("listed twice", Assert.Throws<TrainingException>(() => new Split("planted", [All[0]], [twice])).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("lists.csv", "part,path\ntrain,000.wav\nTrain,./001.wav\ntest,\"052.wav\"\n")]
    [InlineData("split.json", """{ "name": "any", "train": ["000.wav", "001.wav"], "test": ["052.wav"] }""")]
    public void Lists_are_taken_as_they_are(string file, string text)
    {
        _tree.Text(file, text);

        Split split = Assert.Single(new SplitPlan { Kind = SplitKind.File, File = _tree[file] }.Make(All, 1)).Split;

        Assert.Equal(["000.wav", "001.wav"], split.Train.Select(u => u.Name));
        Assert.Equal(["052.wav"], split.Test.Select(u => u.Name));
        Assert.Equal($"lists of {_tree[file]}", split.Name);
        Assert.Contains("1 of 3 not usable", SplitFile.Read(_tree[file]).Apply(All[1..]).Name, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("l.csv", "path,part\n000.wav,train\n000.wav,test\n", "000.wav twice")]
    [InlineData("l.csv", "path,part\n000.wav,dev\n", "line 2")]
    [InlineData("l.csv", "path\n000.wav\n", "path,part")]
    [InlineData("l.json", "{ }", "is damaged")]
    [InlineData("none.json", null, "no such file")]
    [InlineData("none.csv", null, "no such file")]
    public void Lists_that_leak_or_cannot_be_read_are_refused(string file, string? text, string reason)
    {
        if (text is not null)
        {
            _tree.Text(file, text);
        }

        Assert.Contains(reason, Assert.Throws<InvalidFileException>(() => SplitFile.Read(_tree[file])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Lists_of_other_data_and_lists_with_an_empty_part_are_refused()
    {
        _tree.Text("other.csv", "path,part\nx.wav,train\ny.wav,test\n").Text("half.csv", "path,part\n000.wav,train\n");

        Assert.Contains("the first is x.wav", Assert.Throws<TrainingException>(() => SplitFile.Read(_tree["other.csv"]).Apply(All)).Message, StringComparison.Ordinal);
        Assert.Contains("0 to test", Assert.Throws<TrainingException>(() => SplitFile.Read(_tree["half.csv"]).Apply(All)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Impossible_plans_say_why()
    {
        Assert.NotEmpty(new SplitPlan { Kind = SplitKind.KFold, Folds = 1 }.Errors());
        Assert.NotEmpty(new SplitPlan { Kind = SplitKind.KFold, Folds = 5, Fold = 6 }.Errors());
        Assert.NotEmpty(new SplitPlan { Kind = SplitKind.KFold, Folds = 5, Fold = 0 }.Errors());
        Assert.NotEmpty(new SplitPlan { Kind = SplitKind.Speakers }.Errors());
        Assert.NotEmpty(new SplitPlan { Kind = SplitKind.File }.Errors());
        Assert.Contains("--folds", Assert.Throws<TrainingException>(() => new SplitPlan { Kind = SplitKind.KFold, Folds = 54 }.Make(All, 1)).Message, StringComparison.Ordinal);
    }

    private static Utterance[] Made(int count) =>
        [.. Enumerable.Range(0, count).Select(i => new Utterance($"/d/{i:000}.wav", $"{i:000}.wav", i % 5 % 3, ((string[])["a/b", "a?b", "c"])[i % 7 % 3]))];
}
