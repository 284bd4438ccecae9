using GpuSer.Training.Data;

namespace GpuSer.Training.Tests.Data;

public sealed class DatasetsTests : IDisposable
{
    private readonly DataTree _tree = new();

    public void Dispose() => _tree.Dispose();

    [Theory]
    [InlineData("emodb", "03a01Fa.wav", "wav/03a02Wb.wav", "notes.wav")]
    [InlineData("ravdess", "Actor_12/03-01-06-01-02-01-12.wav", "Actor_01/03-01-01-01-01-01-01.wav")]
    [InlineData("folders", "anger/1.wav", "joy/1.wav")]
    [InlineData("folders", "anger/anna/1.wav", "joy/bert/1.wav")]
    public void A_folder_is_recognised_by_its_names(string dataset, params string[] files)
    {
        Assert.Equal(dataset, _tree.With(files).Load().Dataset);
    }

    [Theory]
    [InlineData("csv", "path,label,speaker\n03a01Fa.wav,x,1\n")]
    [InlineData("csv", "\uFEFFPath,Label\n03a01Fa.wav,x\n")]
    [InlineData("csv", "file_name,label\n03a01Fa.wav,x\n")]
    [InlineData("csv", "Filename,label\n03a01Fa.wav,x\n")]
    [InlineData("csv", "\n\"\"\r\n\npath,label\n03a01Fa.wav,x\n")]
    [InlineData("emodb", "name,age\n03a01Fa,32\n")]
    [InlineData("emodb", "name,emotion,speaker\n03a01Fa,bored,1\n")]
    [InlineData("emodb", "\"\"\n")]
    [InlineData("emodb", "\n\n")]
    public void A_list_of_paths_and_labels_alone_goes_before_names(string dataset, string list)
    {
        Assert.Equal(dataset, _tree.With("03a01Fa.wav").Text("list.csv", list).Load().Dataset);
    }

    [Theory]
    [InlineData("name,emotion\na,happy\nb,sad\n", null)]
    [InlineData("name,emotion\na,bored\nb,furious\n", null)]
    [InlineData("name,emotion\na,bored\nb,happy\n", "lssed")]
    [InlineData("wav,label\na,bored\nb,happy\nb,furious\n", "lssed")]
    public void LSSED_is_told_by_its_emotions_and_not_by_columns_that_many_lists_have(string list, string? dataset)
    {
        _tree.With("a.wav", "b.wav").Text("metadata.csv", list);

        if (dataset is null)
        {
            Assert.Contains("--dataset", Assert.Throws<TrainingException>(() => _tree.Load()).Message, StringComparison.Ordinal);
        }
        else
        {
            Assert.Equal(dataset, _tree.Load().Dataset);
        }
    }

    [Fact]
    public void What_looks_like_nothing_gets_the_ways_out()
    {
        string message = Assert.Throws<TrainingException>(() => _tree.With("a.wav", "b.wav").Load()).Message;

        Assert.Contains("--dataset", message, StringComparison.Ordinal);
        Assert.Contains("path,label,speaker", message, StringComparison.Ordinal);
        Assert.Contains("a.wav", message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_and_an_empty_folder_say_so_whatever_they_are_read_as()
    {
        Assert.All(Datasets.All.Select(dataset => dataset.Name).Append(Datasets.Auto), name =>
        {
            Assert.Contains("no such folder", Assert.Throws<TrainingException>(() => Datasets.Load(_tree["none"], name)).Message, StringComparison.Ordinal);
            Assert.StartsWith(_tree.Root + ": holds no", Assert.Throws<TrainingException>(() => _tree.Load(name)).Message, StringComparison.Ordinal);
        });
        Assert.Contains("known are csv", Assert.Throws<TrainingException>(() => _tree.Load("cremad")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Names_are_what_is_asked_for_and_differ()
    {
        Assert.Equal(
            ["csv", "emodb", "folders", "iemocap", "iemocap5", "lssed", "lssed11", "ravdess"], Datasets.All.Select(dataset => dataset.Name).Order());
    }

    [Fact]
    public void Links_to_folders_are_followed_once_and_a_loop_ends()
    {
        _tree.With("here/03a01Fa.wav", "here/.hidden.wav", "here/._03a01Fa.wav");
        _tree.Link("here/up", _tree.Root).Link("here/self", "self").Link("here/gone", "nowhere");
        using DataTree other = new();
        other.With("16a02Lb.wav").Link("back", _tree.Root);
        _tree.Link("there", other.Root).Link("again", other.Root);

        Assert.Equal(["16a02Lb.wav", "03a01Fa.wav"], _tree.Load().Utterances.Select(u => Path.GetFileName(u.Name)).OrderDescending());
    }

    [Fact]
    public void A_recording_is_called_by_its_place_and_by_a_link_only_where_it_lies_elsewhere()
    {
        using DataTree other = new();
        other.With("below/16a02Lb.wav");
        _tree.With("m/03a01Fa.wav");
        foreach (char name in "hqazckwnbyl")
        {
            _tree.Link($"{name}", _tree["m"]).Link($"links {name}/far", other["below"]);
        }

        Corpus corpus = _tree.Load();

        Assert.Equal(["m/03a01Fa.wav", "links a/far/16a02Lb.wav"], corpus.Utterances.Select(u => u.Name).OrderDescending());
        Assert.Empty(corpus.BadFiles);
    }

    [Fact]
    public void A_folder_that_is_given_by_a_link_is_read_once()
    {
        _tree.With("real/below/03a01Fa.wav").Link("real/below/back", _tree["real/below"]).Link("link", _tree["real"]);

        Corpus corpus = Datasets.Load(_tree["link/below"]);

        Assert.Equal("03a01Fa.wav", Assert.Single(corpus.Utterances).Name);
        Assert.Empty(corpus.BadFiles);
    }

    [Fact]
    public void A_link_to_a_file_that_is_gone_is_a_bad_file()
    {
        File.CreateSymbolicLink(_tree["03a01Wa.wav"], _tree["gone.wav"]);

        CorpusReport report = CorpusReport.Make(_tree.Tone("03a01Fa.wav", 0).Load());

        Assert.Equal(new BadFile(_tree["03a01Wa.wav"], "no such file"), Assert.Single(report.BadFiles));
        Assert.Single(report.Usable);
    }

    [Fact]
    public void Classes_of_a_part_are_found_among_those_of_a_network()
    {
        Corpus corpus = _tree.With("happiness/1.wav", "anger/1.wav").Load();

        Corpus under = corpus.Under(EmotionLabels.EmoDb);
        Assert.Equal(["anger/1.wav anger unknown", "happiness/1.wav happiness unknown"], DataTree.Lines(under));
        Assert.Equal(EmotionLabels.EmoDb, under.Labels);
        Assert.Same(corpus, corpus.Under(["anger", "sadness"]));
    }
}
