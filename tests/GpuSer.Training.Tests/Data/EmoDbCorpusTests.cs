using GpuSer.Training.Data;

namespace GpuSer.Training.Tests.Data;

public sealed class EmoDbCorpusTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("gpuser-corpus-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("03a01Fa.wav", "happiness", "03")]
    [InlineData("16b10Wb.wav", "anger", "16")]
    [InlineData("08a05Tc.flac", "sadness", "08")]
    [InlineData("10a07Aa.wav", "fear", "10")]
    [InlineData("11b03Lb.wav", "boredom", "11")]
    [InlineData("12a02Ec.wav", "disgust", "12")]
    [InlineData("13b09Nd.wav", "neutral", "13")]
    public void A_name_tells_emotion_and_speaker(string name, string emotion, string speaker)
    {
        Utterance? utterance = EmoDbCorpus.Parse("/x/" + name, name, out _);

        Assert.NotNull(utterance);
        Assert.Equal((emotion, speaker), (EmotionLabels.EmoDb[utterance.Label], utterance.Speaker));
        Assert.Equal(name[5], EmotionLabels.ToEmoDbLetter(utterance.Label));
    }

    [Fact]
    public void Bad_names_are_listed_with_reasons_and_the_rest_is_used()
    {
        foreach (string name in (string[])["03a01Xa.wav", "notes.wav", "16a02Lb.wav", "03a01Fa.wav", "readme.txt"])
        {
            File.WriteAllText(Path.Combine(_folder, name), string.Empty);
        }

        Corpus corpus = EmoDbCorpus.Load(_folder);

        Assert.Equal(["03a01Fa.wav", "16a02Lb.wav"], corpus.Utterances.Select(u => u.Name));
        Assert.Equal(["03a01Xa.wav", "notes.wav"], corpus.BadFiles.Select(bad => Path.GetFileName(bad.Path)));
        Assert.Contains("'X'", corpus.BadFiles[0].Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_an_empty_and_a_useless_folder_each_say_so()
    {
        Assert.Contains("no such folder", Message(Path.Combine(_folder, "none")), StringComparison.Ordinal);
        Assert.Contains("no audio file", Message(_folder), StringComparison.Ordinal);
        File.WriteAllText(Path.Combine(_folder, "x.wav"), string.Empty);
        Assert.Contains("x.wav", Message(_folder), StringComparison.Ordinal);
    }

    private static string Message(string folder) => Assert.Throws<TrainingException>(() => EmoDbCorpus.Load(folder)).Message;
}
