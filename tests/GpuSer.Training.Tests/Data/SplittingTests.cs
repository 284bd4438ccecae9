using GpuSer.Training.Data;

namespace GpuSer.Training.Tests.Data;

public class SplittingTests
{
    // EMO-DB's own counts, in the order of the labels: fear, sadness, disgust, anger, boredom, neutral, happiness.
    private static readonly int[] EmoDbCounts = [69, 62, 46, 127, 81, 79, 71];

    [Fact]
    public void All_of_EmoDb_is_split_with_the_papers_counts()
    {
        Split split = Splitting.Stratified(Made(EmoDbCounts), 1);

        Assert.Equal((429, 106), (split.Train.Count, split.Test.Count));
        for (int label = 0; label < EmoDbCounts.Length; label++)
        {
            double share = EmoDbCounts[label] * 106.0 / 535;
            Assert.InRange(split.Test.Count(u => u.Label == label), Math.Floor(share), Math.Ceiling(share));
        }
    }

    [Theory]
    [InlineData(408)]
    [InlineData(64)]
    [InlineData(13)]
    [InlineData(2)]
    public void Any_number_keeps_the_share_and_loses_nobody(int count)
    {
        Utterance[] all = [.. Made([count / 2, count - (count / 2)])];

        Split split = Splitting.Stratified(all, 4);

        Assert.Equal(Math.Max(1, (int)Math.Round(count * 106.0 / 535)), split.Test.Count);
        Assert.Equal(all.ToHashSet(), [.. split.Train, .. split.Test]);
        Assert.Empty(split.Train.Intersect(split.Test));
    }

    [Fact]
    public void The_same_seed_gives_the_same_split_and_another_seed_another()
    {
        Utterance[] all = [.. Made(EmoDbCounts)];

        Assert.Equal(Splitting.Stratified(all, 8).Test, Splitting.Stratified(all, 8).Test);
        Assert.NotEqual(Splitting.Stratified(all, 8).Test, Splitting.Stratified(all, 9).Test);
    }

    [Fact]
    public void A_limit_keeps_each_class_in_proportion()
    {
        IReadOnlyList<Utterance> kept = Splitting.Limit([.. Made([300, 200, 100])], 60, 1);

        Assert.Equal([30, 20, 10], Enumerable.Range(0, 3).Select(label => kept.Count(u => u.Label == label)));
        Assert.Equal(kept.OrderBy(u => u.Name, StringComparer.Ordinal), kept);
    }

    [Fact]
    public void Speakers_held_out_are_in_the_test_alone()
    {
        Utterance[] all = [.. Made(EmoDbCounts)];

        Split split = Splitting.BySpeaker(all, ["03", "05"]);

        Assert.All(split.Train, u => Assert.DoesNotContain(u.Speaker, (string[])["03", "05"]));
        Assert.All(split.Test, u => Assert.Contains(u.Speaker, (string[])["03", "05"]));
        Assert.Equal(all.Length, split.Train.Count + split.Test.Count);
    }

    [Fact]
    public void An_unknown_speaker_is_named_with_those_there_are()
    {
        TrainingException error = Assert.Throws<TrainingException>(() => Splitting.BySpeaker([.. Made([10])], ["99"]));

        Assert.Contains("99", error.Message, StringComparison.Ordinal);
        Assert.Contains("00, 01", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_recording_on_both_lists_is_refused()
    {
        Utterance[] all = [.. Made([4])];

        TrainingException error = Assert.Throws<TrainingException>(() => new Split("planted", all[..3], all[2..]));

        Assert.Contains(all[2].Path, error.Message, StringComparison.Ordinal);
    }

    private static List<Utterance> Made(int[] counts)
    {
        List<Utterance> all = [];
        for (int label = 0; label < counts.Length; label++)
        {
            for (int i = 0; i < counts[label]; i++)
            {
                string name = $"{label}_{i:0000}.wav";
                all.Add(new Utterance("/data/" + name, name, label, $"{i % 10:00}"));
            }
        }

        return all;
    }
}
