using GpuSer.Training.Data;

namespace GpuSer.Training.Tests.Data;

/// <summary>RAVDESS, IEMOCAP and LSSED, each as a small tree of its published layout.</summary>
public sealed class PublishedCorporaTests : IDisposable
{
    private readonly DataTree _tree = new();

    public void Dispose() => _tree.Dispose();

    [Fact]
    public void Ravdess_tells_emotion_and_actor_and_leaves_out_song_and_video()
    {
        for (int emotion = 1; emotion <= 8; emotion++)
        {
            _tree.With($"Actor_{emotion:00}/03-01-{emotion:00}-01-02-01-{emotion:00}.wav");
        }

        Corpus corpus = _tree.With("Actor_01/03-02-04-01-01-01-01.wav", "Actor_01/01-01-04-01-01-01-01.wav").Load();

        Assert.Equal(
            ["neutral 01", "calm 02", "happiness 03", "sadness 04", "anger 05", "fear 06", "disgust 07", "surprise 08"],
            corpus.Utterances.Select(u => $"{corpus.Labels[u.Label]} {u.Speaker}"));
        Assert.Equal([new Exclusion("song", 1), new Exclusion("sound of a video", 1)], corpus.Excluded);
        Assert.Empty(corpus.BadFiles);
    }

    [Theory]
    [InlineData("03-01-09-01-02-01-12.wav", "09 is no emotion")]
    [InlineData("03-01-00-01-02-01-12.wav", "00 is no emotion")]
    [InlineData("03-01-06-01-02-01-25.wav", "25 is no actor")]
    [InlineData("04-01-06-01-02-01-12.wav", "modality 04")]
    [InlineData("03-03-06-01-02-01-12.wav", "channel 03")]
    [InlineData("03-01-06-01-02-01.wav", "not a RAVDESS name")]
    [InlineData("03-01-06-01-02-01-12-01.wav", "not a RAVDESS name")]
    [InlineData("3-1-6-1-2-1-12.wav", "not a RAVDESS name")]
    [InlineData("Actor_11/03-01-06-01-02-01-12.wav", "lies in Actor_11")]
    [InlineData("copy/03-01-01-01-01-01-01.wav", "the same recording as Actor_01/")]
    public void Ravdess_lists_bad_names_with_reasons(string name, string reason)
    {
        Corpus corpus = _tree.With("Actor_01/03-01-01-01-01-01-01.wav", name).Load("ravdess");

        BadFile bad = Assert.Single(corpus.BadFiles);
        Assert.Equal(_tree[name], bad.Path);
        Assert.Contains(reason, bad.Reason, StringComparison.Ordinal);
        Assert.Single(corpus.Utterances);
    }

    [Fact]
    public void Ravdess_of_songs_alone_says_why_nothing_is_left()
    {
        string message = Assert.Throws<TrainingException>(() => _tree.With("03-02-04-01-01-01-01.wav").Load()).Message;

        Assert.Contains("by rule: song", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Iemocap_reads_turns_and_merges_excitement_with_happiness()
    {
        Corpus corpus = Iemocap().Load();

        Assert.Equal("iemocap", corpus.Dataset);
        Assert.Equal(["anger", "happiness", "neutral", "sadness"], corpus.Labels);
        Assert.Equal(
            [
                "Session1/sentences/wav/Ses01F_impro01/Ses01F_impro01_F000.wav neutral Ses01F",
                "Session1/sentences/wav/Ses01F_impro01/Ses01F_impro01_M001.wav happiness Ses01M",
                "Session1/sentences/wav/Ses01F_impro01/Ses01F_impro01_M002.wav happiness Ses01M",
                "Session5/sentences/wav/Ses05M_script02_1/Ses05M_script02_1_F004.wav anger Ses05F",
            ],
            DataTree.Lines(corpus));
        Assert.Equal([new Exclusion("fru", 1), new Exclusion("no agreement (xxx)", 1), new Exclusion("sur", 1)], corpus.Excluded);
        Assert.Empty(corpus.BadFiles);
    }

    [Fact]
    public void Iemocap_with_five_classes_has_frustration_last()
    {
        Corpus corpus = Iemocap().Load("iemocap5");

        Assert.Equal("frustration", corpus.Labels[4]);
        Assert.Contains("Session5/sentences/wav/Ses05M_script02_1/Ses05M_script02_1_M000.wav frustration Ses05M", DataTree.Lines(corpus));
    }

    [Theory]
    [InlineData("[1.0 - 2.0]\tSes01F_impro01_F009\tneu\t[2.5, 2.5, 2.5]", "no such file")]
    [InlineData("[1.0 - 2.0]\tSes01F_impro01_F000\tsad\t[2.5, 2.5, 2.5]", "the same recording")]
    [InlineData("[1.0 - 2.0]\tSes01F_impro01_M001\tjoy\t[2.5, 2.5, 2.5]", "'joy' is no emotion")]
    [InlineData("[1.0 - 2.0]\tSes01F_impro02_F000\tneu\t[2.5, 2.5, 2.5]", "not a turn of Ses01F_impro01")]
    [InlineData("[1.0 - 2.0]\t../../../../secret\tneu\t[2.5, 2.5, 2.5]", "not a turn")]
    [InlineData("[1.0 - 2.0]", "not a turn")]
    public void Iemocap_lists_bad_lines_with_reasons(string line, string reason)
    {
        Iemocap();
        File.AppendAllText(_tree["Session1/dialog/EmoEvaluation/Ses01F_impro01.txt"], line + "\n");

        Corpus corpus = _tree.Load();

        Assert.Contains(reason, Assert.Single(corpus.BadFiles).Reason, StringComparison.Ordinal);
        Assert.Equal(4, corpus.Utterances.Count);
    }

    [Fact]
    public void Lssed_keeps_four_emotions_in_the_authors_order()
    {
        Corpus corpus = Lssed("name,age,emotion,speaker").Load();

        Assert.Equal("lssed", corpus.Dataset);
        Assert.Equal(["anger", "neutral", "happiness", "sadness"], corpus.Labels);
        Assert.Equal(["audio/0001.wav anger 17", "audio/0002.wav happiness 17", "audio/part/0003.wav sadness unknown"], DataTree.Lines(corpus));
        Assert.Equal([new Exclusion("bored", 1)], corpus.Excluded);
        Assert.Equal(4, corpus.BadFiles.Count);
        Assert.All((string[])["no such file", "'cross' is no emotion", "the same recording as audio/0001.wav", "3 fields"], reason =>
            Assert.Single(corpus.BadFiles, bad => bad.Reason.Contains(reason, StringComparison.Ordinal)));
    }

    [Fact]
    public void Lssed_with_all_emotions_has_eleven()
    {
        Corpus corpus = Lssed("File,age,Emotion,Subject_ID").Load("lssed11");

        Assert.Equal(11, corpus.Labels.Count);
        Assert.Contains("audio/0004.wav boredom 18", DataTree.Lines(corpus));
        Assert.Empty(corpus.Excluded);
    }

    [Theory]
    [InlineData("007.1", "007.1.wav", "audio/007.wav")]
    [InlineData("007.1", "audio/007.1.wav", "audio/007.wav")]
    [InlineData("spk1.utt2", "spk1.utt2.wav", "audio/spk1.wav")]
    [InlineData("audio/007.wav", "audio/007.wav", "audio/007.wav.wav")]
    [InlineData("007.1", null, "audio/007.wav")]
    [InlineData("spk1.utt2", null, "spk1.wav")]
    public void Lssed_gives_no_recording_the_label_of_another(string name, string? itself, string another)
    {
        _tree.With(another, "0.wav").Text("metadata.csv", $"name,emotion\n{name},happy\n0,sad\n");
        if (itself is not null)
        {
            _tree.With(itself);
        }

        Corpus corpus = _tree.Load("lssed");

        Assert.Equal(itself, corpus.Utterances.SingleOrDefault(utterance => utterance.Label == 2)?.Name);
        Assert.Equal(itself is null ? [_tree[name + ".wav"]] : [], corpus.BadFiles.Select(bad => bad.Path));
    }

    private DataTree Lssed(string heading) => _tree
        .With("audio/0001.wav", "audio/0002.wav", "audio/part/0003.wav", "audio/0004.wav")
        .Text("metadata.csv", $"""
            {heading}
            audio/0001.wav,32,Angry,17
            0002,32,happy,17
            0003.wav,,sad,
            audio/0004,40,bored,18
            0009,40,sad,18
            audio/0001.wav,40,cross,18
            0001,40,happy,18
            audio/0004,40,sad
            """);

    private DataTree Iemocap() => _tree
        .With(
            "Session1/sentences/wav/Ses01F_impro01/Ses01F_impro01_F000.wav",
            "Session1/sentences/wav/Ses01F_impro01/Ses01F_impro01_M001.wav",
            "Session1/sentences/wav/Ses01F_impro01/Ses01F_impro01_M002.wav",
            "Session5/sentences/wav/Ses05M_script02_1/Ses05M_script02_1_F004.wav",
            "Session5/sentences/wav/Ses05M_script02_1/Ses05M_script02_1_M000.wav",
            "Session1/dialog/wav/Ses01F_impro01.wav")
        .Text("Session1/dialog/EmoEvaluation/Ses01F_impro01.txt", "% [START_TIME - END_TIME] TURN_NAME EMOTION [V, A, D]\r\n\r\n"
            + "[6.2901 - 8.2357]\tSes01F_impro01_F000\tneu\t[2.5000, 2.5000, 2.5000]\r\nC-E2:\tNeutral;\t()\r\nA-E3:\tval 3; act 2; dom  2;\t()\r\n\r\n"
            + "[7.5700 - 8.7500]\tSes01F_impro01_M001\texc\t[2.5000, 2.5000, 2.5000]\r\n"
            + "[8.5700 - 9.7500]\tSes01F_impro01_M002\thap\t[2.5000, 2.5000, 2.5000]\r\n"
            + "[10.0100 - 11.3925]\tSes01F_impro01_F001\txxx\t[2.5000, 2.5000, 2.5000]\r\n")
        .Text("Session1/dialog/EmoEvaluation/Categorical/Ses01F_impro01_e1_cat.txt", "Ses01F_impro01_F000 :Neutral state; ()\n")
        .Text("Session5/dialog/EmoEvaluation/Ses05M_script02_1.txt", "% [START_TIME - END_TIME] TURN_NAME EMOTION [V, A, D]\n"
            + "[1.0 - 2.0]\tSes05M_script02_1_F004\tang\t[1.0, 4.0, 4.5]\n"
            + "[3.0 - 4.0]\tSes05M_script02_1_M000\tfru\t[2.0, 3.0, 3.5]\n"
            + "[4.0 - 5.0]\tSes05M_script02_1_M001\tsur\t[2.0, 3.0, 3.5]\n");
}
