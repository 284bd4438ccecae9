using GpuSer.IO;
using GpuSer.Training.Data;

namespace GpuSer.Training.Tests.Data;

public sealed class CsvCorpusTests : IDisposable
{
    private readonly DataTree _tree = new();

    public void Dispose() => _tree.Dispose();

    [Fact]
    public void Paths_may_hold_all_that_a_file_system_allows()
    {
        using DataTree other = new();
        other.With("far.wav");
        string[] names = ["plain.wav", "with space.wav", "comma, quote \" and 'one'.wav", "Grüße/ß 日本.wav", "line\nbreak.wav"];
        Corpus corpus = _tree.With(names).Text("list.csv", "speaker,path,note,label\r\n"
            + "anna,plain.wav,,joy\r\n"
            + "anna,\"with space.wav\",\"a \"\"note\"\", with\r\nbreaks\",joy\r\n"
            + "bert,\"comma, quote \"\" and 'one'.wav\",,anger\r\n"
            + "\"bert, junior\",./Grüße/../Grüße/ß 日本.wav,,anger\r\n"
            + ",\"line\nbreak.wav\",,anger\r\n\r\n"
            + $"carl,{other["far.wav"]},,anger\r\n"
            + $"carl,../{Path.GetFileName(other.Root)}/far.wav,,anger").Load();

        Assert.Equal(["anger", "joy"], corpus.Labels);
        Assert.Equal(
            [
                $"../{Path.GetFileName(other.Root)}/far.wav anger carl",
                "Grüße/ß 日本.wav anger bert, junior",
                "comma, quote \" and 'one'.wav anger bert",
                "line\nbreak.wav anger unknown",
                "plain.wav joy anna",
                "with space.wav joy anna",
            ],
            DataTree.Lines(corpus));
        Assert.Contains("the same recording", Assert.Single(corpus.BadFiles).Reason, StringComparison.Ordinal);
        Assert.All(corpus.Utterances, utterance => Assert.True(File.Exists(utterance.Path)));
    }

    [Theory]
    [InlineData("b.wav,joy", "no such file")]
    [InlineData("a.wav,anger", "the same recording as a.wav")]
    [InlineData("./x/../a.wav,anger", "the same recording as a.wav")]
    [InlineData(",joy", "names no path")]
    [InlineData("a.wav,", "names no label")]
    [InlineData("a.wav", "1 fields, the heading 2")]
    [InlineData("a, b.wav,joy", "3 fields, the heading 2")]
    [InlineData("folder,joy", "is a folder")]
    public void A_bad_line_is_listed_and_the_rest_is_used(string line, string reason)
    {
        Corpus corpus = _tree.With("a.wav", "folder/c.wav").Text("list.csv", $"path,label\na.wav,joy\n{line}\nfolder/c.wav,joy\n").Load();

        Assert.Contains(reason, Assert.Single(corpus.BadFiles).Reason, StringComparison.Ordinal);
        Assert.Equal(["a.wav", "folder/c.wav"], corpus.Utterances.Select(u => u.Name));
    }

    [Theory]
    [InlineData("path,label\na.wav\0,joy\n")]
    [InlineData("path,label\na.wav,joy\n\0")]
    [InlineData("name,emotion\na\0.wav,angry\n")]
    public void Zero_bytes_are_no_text(string text)
    {
        string list = _tree.With("a.wav").Text("list.csv", text)["list.csv"];
        Func<string, Corpus> load = text.StartsWith("path", StringComparison.Ordinal) ? CsvCorpus.Load : source => LssedCorpus.Load(source);
        InvalidFileException error = Assert.Throws<InvalidFileException>(() => load(list));
        Assert.Contains("zero bytes", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_line_is_named_by_its_number_after_breaks_in_quotes()
    {
        Corpus corpus = _tree.With("a.wav").Text("list.csv", "path,label\n\n\"a.wav\",\"two\nlines\"\n,joy\n").Load();

        Assert.EndsWith("list.csv, line 5", Assert.Single(corpus.BadFiles).Path, StringComparison.Ordinal);
    }

    [Fact]
    public void The_list_itself_may_be_given_and_two_lists_are_not_guessed_between()
    {
        _tree.With("a.wav", "b.wav").Text("one.csv", "path,label\na.wav,joy\n").Text("two.csv", "path,label\nb.wav,joy\n");

        Assert.Equal("b.wav", Assert.Single(Datasets.Load(_tree["two.csv"]).Utterances).Name);
        Assert.Contains("one.csv, two.csv", Assert.Throws<TrainingException>(() => _tree.Load()).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("path,label\n\"a.wav,joy\n", "line 2")]
    [InlineData("", "is empty")]
    [InlineData("name,label\na.wav,joy\n", "path,label,speaker")]
    public void A_list_that_cannot_be_read_is_named(string text, string reason)
    {
        _tree.With("a.wav").Text("list.csv", text);

        string message = Assert.Throws<InvalidFileException>(() => Datasets.Load(_tree["list.csv"], "csv")).Message;

        Assert.StartsWith(_tree["list.csv"], message, StringComparison.Ordinal);
        Assert.Contains(reason, message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("plain")]
    [InlineData("with, comma")]
    [InlineData("a \"quote\"")]
    [InlineData("two\nlines\r\n")]
    [InlineData("\"")]
    [InlineData("")]
    public void What_is_written_is_read_back(string field)
    {
        _tree.Text("list.csv", $"a,b\n{CsvTable.Quoted(field)},end\n");

        Assert.Equal([field, "end"], Assert.Single(CsvTable.Read(_tree["list.csv"]).Rows).Fields);
    }

    [Fact]
    public void Folders_name_class_and_speaker()
    {
        Corpus corpus = _tree.With("joy/1.wav", "anger, hot/anna/1.wav", "anger, hot/anna/day 2/1.wav", "anger, hot/readme.txt").Load();

        Assert.Equal(["anger, hot", "joy"], corpus.Labels);
        Assert.Equal(
            ["anger, hot/anna/1.wav anger, hot anna", "anger, hot/anna/day 2/1.wav anger, hot anna", "joy/1.wav joy unknown"], DataTree.Lines(corpus));
        Assert.Contains("beside", Assert.Single(_tree.With("stray.wav").Load("folders").BadFiles).Reason, StringComparison.Ordinal);
    }
}
