using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using GpuSer.Training.Data;
using GpuSer.Training.Models;
using GpuSer.Training.Reports;
using GpuSer.Training.Runs;

namespace GpuSer.Training.Tests.Reports;

public sealed class RunReportTests : IDisposable
{
    private const string Nasty = "\"</script><script>alert('x')</script>&amp; \u00e4\u6f22 `|\u2028";

    private readonly SpokenCorpus _spoken = new(3, 2, 'F', 'W', 'N');

    public void Dispose() => _spoken.Dispose();

    [Fact]
    public void The_document_has_the_figures_of_the_tables()
    {
        RunFolder run = MadeRun.Write(_spoken.Runs, _spoken.Corpus);

        RunReport.Write([run.Path], run.Report);

        JsonElement data = MadeRun.Document(run.Report), group = data.GetProperty("groups")[0];
        JsonElement epochs = group.GetProperty("runs")[0].GetProperty("epochs");
        Assert.Equal(MadeRun.Epochs.Select(e => e.Accuracy), epochs.EnumerateArray().Select(e => e.GetProperty("accuracy").GetDouble()));
        Assert.Equal(MadeRun.Epochs.Select(e => e.TrainLoss), epochs.EnumerateArray().Select(e => e.GetProperty("trainLoss").GetDouble()));
        Assert.Equal(2, group.GetProperty("runs")[0].GetProperty("bestEpoch").GetInt32());
        Assert.Equal(9, group.GetProperty("confusion").EnumerateArray().Sum(row => row.EnumerateArray().Sum(cell => cell.GetInt32())));
        Assert.Equal(3, group.GetProperty("errors").GetInt32());
        Assert.Equal(9, group.GetProperty("classes").EnumerateArray().Sum(c => c.GetProperty("count").GetInt32()));
        Assert.Equal(["03", "04", "05"], group.GetProperty("speakers").EnumerateArray().Select(s => s.GetProperty("speaker").GetString()));
        double[] certainty = [.. group.GetProperty("confused").EnumerateArray().Select(c => c.GetProperty("probabilities").EnumerateArray().Max(p => p.GetDouble()))];
        Assert.Equal(certainty.OrderDescending(), certainty);
        Assert.Equal("made up", group.GetProperty("configuration").GetProperty("config.json").GetProperty("split").GetString());
        Assert.NotEqual(JsonValueKind.Null, group.GetProperty("configuration").GetProperty("config.json").GetProperty("environment").ValueKind);
    }

    [Fact]
    public void Matrix_and_tables_tell_rows_from_columns_and_one_speaker_from_another()
    {
        RunFolder run = MadeRun.Write(_spoken.Runs, _spoken.Corpus);
        MadeRun.JudgeByHand(run);

        RunReport.Write([run.Path], run.Report, audio: false);

        JsonElement group = MadeRun.Document(run.Report).GetProperty("groups")[0];
        int anger = _spoken.Corpus.Labels.ToList().IndexOf("anger"), happiness = _spoken.Corpus.Labels.ToList().IndexOf("happiness");
        JsonElement confusion = group.GetProperty("confusion"), classes = group.GetProperty("classes");
        Assert.Equal(1, confusion[anger][happiness].GetInt32());
        Assert.Equal(2, confusion[happiness][anger].GetInt32());
        Assert.Equal(("anger", 5, 4), (classes[anger].GetProperty("label").GetString(), classes[anger].GetProperty("count").GetInt32(), classes[anger].GetProperty("predicted").GetInt32()));
        Assert.Equal([2.0 / 5, 2.0 / 4, 4.0 / 9], Numbers(classes[anger], "recall", "precision", "f1"));
        // Unweighted average recall and macro F1 of speaker 04 by hand: anger 0 of 1, happiness 1 of 2; F1 0, 2/3 and, predicted alone, 0.
        Assert.Equal([4, 1.0 / 2, 2.0 / 4], Numbers(Speaker("03"), "count", "accuracy", "uar"));
        Assert.Equal([3, 1.0 / 3, 1.0 / 4, 2.0 / 9], Numbers(Speaker("04"), "count", "accuracy", "uar", "macroF1"));
        Assert.Equal([2, 1.0 / 2], Numbers(Speaker("05"), "count", "accuracy"));

        JsonElement Speaker(string name) => group.GetProperty("speakers").EnumerateArray().Single(s => s.GetProperty("speaker").GetString() == name);
        static double[] Numbers(JsonElement row, params string[] names) => [.. names.Select(name => row.GetProperty(name).GetDouble())];
    }

    [Fact]
    public void Images_and_players_are_embedded_and_the_page_says_so()
    {
        RunFolder run = MadeRun.Write(_spoken.Runs, _spoken.Corpus);

        RunReport.Write([run.Path], run.Report);

        JsonElement data = MadeRun.Document(run.Report), images = data.GetProperty("images");
        Assert.Equal(3, images.GetProperty("examples").GetArrayLength());
        JsonElement mix = images.GetProperty("mix");
        PngReader own = Picture(mix.GetProperty("own")), partner = Picture(mix.GetProperty("partner")), mixed = Picture(mix.GetProperty("mixed"));
        int fromOwn = 0, fromPartner = 0, frame = 0;
        for (int y = 0; y < 230; y++)
        {
            for (int x = 0; x < own.Width; x++)
            {
                bool same = mixed.Colours[y, x] == own.Colours[y, x], other = mixed.Colours[y, x] == partner.Colours[y, x];
                (fromOwn, fromPartner, frame) = (fromOwn + (same ? 1 : 0), fromPartner + (other ? 1 : 0), frame + (same || other ? 0 : 1));
            }
        }

        Assert.Equal(0, frame - Framed(mixed));
        Assert.True(fromOwn > 0 && fromPartner > 0);
        JsonElement[] confused = [.. data.GetProperty("groups")[0].GetProperty("confused").EnumerateArray()];
        Assert.Equal(File.ReadAllBytes(_spoken.PathOf(confused[0].GetProperty("recording").GetString()!)), Audio(confused[0]));
        Assert.Contains("recordings (", data.GetProperty("notes")[0].GetString(), StringComparison.Ordinal);

        RunReport.Write([run.Path], run.Report, audio: false);
        Assert.DoesNotContain("data:audio", File.ReadAllText(run.Report), StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_embedded_is_bounded()
    {
        foreach (int i in Enumerable.Range(0, 7))
        {
            File.WriteAllBytes(_spoken.PathOf($"{i}.wav"), new byte[i == 0 ? EmbeddedAudio.MostBytes + 1 : EmbeddedAudio.MostBytes - i]);
        }

        EmbeddedAudio audio = new();

        Assert.Equal([false, true, true, true, true, false, false], Enumerable.Range(0, 7).Select(i => audio.Of(Recording($"{i}.wav")) is not null));
        Assert.Null(audio.Of(Recording("missing.wav")));
        Assert.Null(audio.Of(null));
        Assert.InRange(audio.Bytes, 1, EmbeddedAudio.MostBytesTogether);

        Utterance Recording(string name) => new(_spoken.PathOf(name), name, 0, "a");
    }

    [Fact]
    public void Without_the_recordings_there_is_a_page_that_says_what_is_missing()
    {
        RunFolder run = MadeRun.Write(_spoken.Runs, _spoken.Corpus with { Folder = "/nowhere" });

        RunReport.Write([run.Path], run.Report);

        JsonElement data = MadeRun.Document(run.Report);
        Assert.Equal(JsonValueKind.Null, data.GetProperty("images").ValueKind);
        Assert.Contains("--data", data.GetProperty("notes")[0].GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Data_that_got_a_class_since_is_shown_under_the_classes_of_the_network()
    {
        Corpus then = _spoken.Corpus;
        RunFolder run = MadeRun.Write(_spoken.Runs, then);
        string first = then.Utterances[0].Path;
        Corpus now = then with
        {
            Labels = ["amusement", .. then.Labels],
            Utterances = [new Utterance(first, "new.wav", 0, "03"), .. then.Utterances.Select(u => u with { Label = u.Label + 1 })],
        };

        RunReport.Write([run.Path], run.Report, now);

        string[] captions = [.. MadeRun.Document(run.Report).GetProperty("images").GetProperty("examples").EnumerateArray().Select(e => e.GetProperty("caption").GetString()!)];
        Assert.Equal(["neutral: 03a01Na.wav", "happiness: 03a02Fa.wav", "anger: 03a02Wa.wav"], captions);
    }

    [Fact]
    public void Each_run_plays_the_recordings_of_its_own_data()
    {
        using SpokenCorpus other = new(3, 2, 'F', 'W', 'N');
        foreach (Utterance utterance in other.Corpus.Utterances)
        {
            other.Write(utterance.Name, SpokenCorpus.Chord(6, 0, 0));
        }

        RunFolder first = MadeRun.Write(Path.Combine(_spoken.Runs, "first"), _spoken.Corpus);
        RunFolder second = MadeRun.Write(Path.Combine(_spoken.Runs, "second"), other.Corpus), third = MadeRun.Write(Path.Combine(_spoken.Runs, "third"), other.Corpus with { Folder = "/nowhere" });
        string page = Path.Combine(_spoken.Runs, "all.html");

        RunReport.Write([first.Path, second.Path, third.Path], page, _spoken.Corpus);

        JsonElement data = MadeRun.Document(page);
        JsonElement[] confused = [.. data.GetProperty("groups").EnumerateArray().Select(group => group.GetProperty("confused")[0])];
        string name = confused[0].GetProperty("recording").GetString()!;
        Assert.All(confused, one => Assert.Equal(name, one.GetProperty("recording").GetString()));
        Assert.Equal(File.ReadAllBytes(_spoken.PathOf(name)), Audio(confused[0]));
        Assert.Equal(File.ReadAllBytes(other.PathOf(name)), Audio(confused[1]));
        Assert.Equal(JsonValueKind.Null, confused[2].GetProperty("audio").ValueKind);
        Assert.StartsWith("No players of third: ", data.GetProperty("notes")[0].GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Recordings_under_other_names_are_told()
    {
        Corpus corpus = _spoken.Corpus;
        RunFolder run = MadeRun.Write(_spoken.Runs, corpus);

        RunReport.Write([run.Path], run.Report, corpus with { Utterances = [.. corpus.Utterances.Select(u => u with { Name = $"wav/{u.Name}" })] });

        JsonElement data = MadeRun.Document(run.Report);
        Assert.Equal(JsonValueKind.Null, data.GetProperty("images").ValueKind);
        string note = Assert.Single(data.GetProperty("notes").EnumerateArray()).GetString()!;
        Assert.Contains("03a01Na.wav in the run, wav/03a01Fa.wav there", note, StringComparison.Ordinal);
        Assert.Contains("--data", note, StringComparison.Ordinal);
    }

    [Fact]
    public void Test_recordings_are_shown_whole_and_those_to_train_on_as_they_are_cropped()
    {
        // Longer than the least width of an image, cropped or not.
        foreach (Utterance utterance in _spoken.Corpus.Utterances)
        {
            float[] chord = SpokenCorpus.Chord(utterance.Label, 0, 0);
            _spoken.Write(utterance.Name, [.. chord, .. chord, .. chord, .. chord, .. chord, .. chord]);
        }

        RunFolder whole = MadeRun.Write(Path.Combine(_spoken.Runs, "whole"), _spoken.Corpus);
        RunFolder cropped = MadeRun.Write(Path.Combine(_spoken.Runs, "cropped"), _spoken.Corpus, new TrainOptions { Epochs = 3, MaxSeconds = 1 });

        RunReport.Write([whole.Path], whole.Report);
        RunReport.Write([cropped.Path], cropped.Report);

        JsonElement expected = MadeRun.Document(whole.Report).GetProperty("images"), actual = MadeRun.Document(cropped.Report).GetProperty("images");
        Assert.Equal(Frames(expected), Frames(actual));
        Assert.True(Mixed(actual) < Mixed(expected));

        static int[] Frames(JsonElement images) => [.. images.GetProperty("examples").EnumerateArray().Select(e => e.GetProperty("frames").GetInt32())];
        static int Mixed(JsonElement images) => images.GetProperty("mix").GetProperty("own").GetProperty("frames").GetInt32();
    }

    [Fact]
    public void No_name_becomes_markup()
    {
        Utterance[] utterances = [.. Enumerable.Range(0, 6).Select(i => new Utterance($"/none/{i}", $"{i}{Nasty}", i % 2, Nasty))];
        Corpus corpus = new("/none" + Nasty, ["a" + Nasty, "b"], utterances, []);
        RunFolder run = MadeRun.Write(Path.Combine(_spoken.Folder, "<b>run"), corpus);

        RunReport.Write([run.Path], run.Report, corpus);

        string page = File.ReadAllText(run.Report), empty = ReportPage.Resource("report.html");
        Assert.Equal(Count(empty, "<script"), Count(page, "<script"));
        Assert.Equal(Count(empty, "</script"), Count(page, "</script"));
        Assert.DoesNotContain("alert('x')", page, StringComparison.Ordinal);
        Assert.Contains("<title>&lt;b&gt;run", page, StringComparison.Ordinal);
        Assert.Equal("a" + Nasty, MadeRun.Document(run.Report).GetProperty("groups")[0].GetProperty("labels")[0].GetString());
        RunReport.TryWriteModelCard(run, null);
        Assert.DoesNotContain("a" + Nasty, File.ReadAllText(run.ModelCard), StringComparison.Ordinal);
    }

    [Fact]
    public void The_model_card_says_what_the_weights_are()
    {
        RunFolder run = MadeRun.Write(_spoken.Runs, _spoken.Corpus);

        RunReport.TryWriteModelCard(run, null);

        string card = File.ReadAllText(run.ModelCard);
        foreach (string part in (string[])["# Emotion in speech: VGG-16-BN", "`anger`", "66.7 %", "| 2 |", "`made up`: 9 recordings to train on, 9 to test with", "gpuser-1", "## Limits", "## Licence"])
        {
            Assert.Contains(part, card, StringComparison.Ordinal);
        }

        Assert.StartsWith("---\nlibrary_name: gpuser\n", card, StringComparison.Ordinal);
    }

    [Fact]
    public void A_report_leaves_the_folders_as_they_are()
    {
        RunFolder run = MadeRun.Write(_spoken.Runs, _spoken.Corpus), shared = MadeRun.Write(Path.Combine(_spoken.Folder, "shared"), _spoken.Corpus);
        File.WriteAllText(run.ModelCard, "of my own writing");
        Directory.Delete(Path.GetDirectoryName(shared.ModelCard)!, recursive: true); // as where a run is passed on without its weights

        RunReport.Write([run.Path, shared.Path], Path.Combine(_spoken.Folder, "both.html"), audio: false);

        Assert.Equal("of my own writing", File.ReadAllText(run.ModelCard));
        Assert.False(Directory.Exists(Path.GetDirectoryName(shared.ModelCard)));
    }

    [Fact]
    public void A_training_leaves_its_report_and_its_events()
    {
        TrainOptions options = new()
        {
            Epochs = 2,
            Batch = 8,
            Threads = 1,
            LearningRate = 1e-3,
            Network = new VggOptions { WidthDivisor = 32, Hidden = 32 },
        };
        TrainResult result;
        using (TensorBoardProgress events = new(_spoken.Runs))
        {
            result = Trainer.Run(_spoken.Corpus, options, _spoken.Runs, events);
        }

        JsonElement run = MadeRun.Document(result.Run.Report).GetProperty("groups")[0].GetProperty("runs")[0];
        Assert.True(run.GetProperty("done").GetBoolean());
        Assert.Equal(result.Best.Epoch, run.GetProperty("bestEpoch").GetInt32());
        Assert.Equal(result.Epochs[1].TestLoss, run.GetProperty("epochs")[1].GetProperty("testLoss").GetDouble());
        Assert.True(File.Exists(result.Run.ModelCard));
        byte[] written = File.ReadAllBytes(Directory.GetFiles(_spoken.Runs, "*tfevents*").Single());
        Assert.Equal(3, EventFileTests.Records(written).Count());
        Assert.Contains("loss/test", Encoding.Latin1.GetString(written), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("uPlot.iife.min.js")]
    [InlineData("uPlot.min.css")]
    [InlineData("LICENSE")]
    public void The_chart_library_is_the_published_one(string name)
    {
        string sum = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(ReportPage.Resource(name))));
        Assert.Contains($"{sum}  {name}", ReportPage.Resource("SHA256SUMS").Split('\n'));
    }

    private static byte[] Audio(JsonElement confused) => Convert.FromBase64String(confused.GetProperty("audio").GetString()!["data:audio/wav;base64,".Length..]);

    private static int Count(string text, string part) => text.Split(part).Length - 1;

    private static PngReader Picture(JsonElement image) =>
        new(Convert.FromBase64String(image.GetProperty("png").GetString()!["data:image/png;base64,".Length..]));

    private static int Framed(PngReader picture)
    {
        int black = 0;
        foreach ((byte, byte, byte) colour in picture.Colours)
        {
            black += colour == (0, 0, 0) ? 1 : 0;
        }

        return black;
    }
}
