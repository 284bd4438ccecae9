using GpuSer.Audio;
using GpuSer.Training.Data;

namespace GpuSer.Training.Tests.Data;

public class BatchOrderTests
{
    [Fact]
    public void An_epoch_sees_each_utterance_once_in_batches_of_the_size_asked_for()
    {
        BatchOrder order = new(Made(37, 100), new TrainOptions { Batch = 16 });

        IReadOnlyList<TrainingBatch> batches = order.Epoch(1);

        Assert.Equal([16, 16, 5], batches.Select(batch => batch.Signals.Count));
        Assert.Equal(Enumerable.Range(0, 37), batches.SelectMany(batch => batch.Signals).Select(signal => (int)signal.Span[0]).Order());
        Assert.All(batches, batch => Assert.Equal(batch.Signals.Select(signal => (long)signal.Span[0] % 7), batch.Labels));
    }

    [Fact]
    public void Epochs_differ_and_can_be_made_again()
    {
        BatchOrder order = new(Made(40, 10), new TrainOptions { Seed = 3 }), again = new(Made(40, 10), new TrainOptions { Seed = 3 });

        Assert.NotEqual(First(order, 1), First(order, 2));
        Assert.Equal(First(order, 2), First(again, 2));
        Assert.NotEqual(First(order, 1), First(new BatchOrder(Made(40, 10), new TrainOptions { Seed = 4 }), 1));
    }

    [Fact]
    public void Long_recordings_are_cropped_somewhere_inside()
    {
        float[] samples = [.. Enumerable.Range(0, 22050).Select(i => (float)i)];
        BatchOrder order = new([new VoicedUtterance(new Utterance("a", "a", 0, "1"), samples)], new TrainOptions { MaxSeconds = 0.5 });

        float[][] crops = [.. Enumerable.Range(1, 20).Select(epoch => order.Epoch((uint)epoch)[0].Signals[0].ToArray())];

        Assert.All(crops, crop => Assert.Equal(samples[(int)crop[0]..((int)crop[0] + 11025)], crop));
        Assert.True(crops.Select(crop => crop[0]).Distinct().Count() > 10);
    }

    [Fact]
    public void What_is_done_to_a_recording_depends_on_epoch_and_recording_and_not_on_its_batch()
    {
        VoicedUtterance[] utterances = Made(40, 1000);
        TrainOptions options = new() { Seed = 3 };
        BatchOrder large = new(utterances, options), small = new(utterances, options with { Batch = 7 });

        Assert.Equal(Draws(large, 2), Draws(small, 2));
        Assert.NotEqual(Draws(large, 1), Draws(large, 2));
        Assert.All(large.Epoch(1), batch => Assert.Equal((3ul, 1u), (batch.Augmentation!.Seed, batch.Augmentation.Index)));
        Assert.All(new BatchOrder(utterances, options with { Augmentation = null }).Epoch(1), batch => Assert.Null(batch.Augmentation));

        // By recording: its value tells which it is.
        static IEnumerable<SignalAugmentation> Draws(BatchOrder order, uint epoch) => order.Epoch(epoch)
            .SelectMany(batch => batch.Signals.Zip(batch.Augmentation!.Signals))
            .OrderBy(pair => pair.First.Span[0])
            .Select(pair => pair.Second);
    }

    private static IEnumerable<int> First(BatchOrder order, uint epoch) => order.Epoch(epoch)[0].Signals.Select(signal => (int)signal.Span[0]);

    private static VoicedUtterance[] Made(int count, int samples) => [.. Enumerable.Range(0, count).Select(i =>
        new VoicedUtterance(new Utterance($"{i}", $"{i}", i % 7, "1"), [.. Enumerable.Repeat((float)i, samples)]))];
}
