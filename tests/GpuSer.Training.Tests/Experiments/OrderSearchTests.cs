using GpuSer.Features;
using GpuSer.Training.Data;
using GpuSer.Training.Experiments;
using GpuSer.Training.Models;
using GpuSer.Training.Runs;

namespace GpuSer.Training.Tests.Experiments;

public sealed class OrderSearchTests : IDisposable
{
    private static readonly TrainOptions Options = new()
    {
        Epochs = 1,
        Batch = 4,
        Threads = 1,
        Network = new VggOptions { WidthDivisor = 32, Hidden = 16 },
    };

    private readonly SpokenCorpus _spoken = new(3, 2, 'F', 'W');
    private readonly TrainingData _data;

    public OrderSearchTests() => _data = TrainingData.Load(_spoken.Corpus, Options);

    public void Dispose() => _spoken.Dispose();

    [Fact]
    public void A_linear_model_on_averages_cannot_see_the_order_and_the_search_says_so()
    {
        // A part of them in seconds; gpuser order's own test makes all 720.
        OrderSearchResult result = OrderSearch.Run([.. FeatureOrder.All().Where((_, i) => i % 23 == 0)], _data.Voiced, 7, seed: 1);

        Assert.Equal(32, result.Scores.Select(score => FeatureOrder.Format(score.Order)).Distinct().Count());
        Assert.False(result.SeesOrder);
        Assert.InRange(result.LogLoss.Max - result.LogLoss.Min, 0, result.Tolerance);
        Assert.InRange(result.Tolerance, 0, 1e-3);
        Assert.Equal(result.Accuracy.Min, result.Accuracy.Max);
        Assert.Equal(33, result.ToCsv().TrimEnd().Split('\n').Length);
        string[] shortList = [.. result.ShortList(4, 1).Select(order => FeatureOrder.Format(order))];
        Assert.Equal("mfcc,mel,chroma,contrast,tonnetz,harmonic-percussive", shortList[0]);
        Assert.Equal(4, shortList.Distinct().Count());
        Assert.Equal(shortList, result.ShortList(4, 1).Select(order => FeatureOrder.Format(order)));
    }

    [Fact]
    public void Where_orders_differ_the_short_list_is_the_best_of_them()
    {
        OrderScore[] scores = [.. FeatureOrder.All().Select((order, i) => new OrderScore(order, 0.5, 1 - (0.001 * (i % 100))))];

        OrderSearchResult result = new(scores, 1e-6, 10, 5);

        Assert.True(result.SeesOrder);
        Assert.Equal([scores[99].Order, scores[199].Order], result.ShortList(2, 1));
    }

    [Fact]
    public void Averages_are_those_of_the_image()
    {
        double[] averages = OrderSearch.Averages(_data.Voiced, 1)[3];

        float[] samples = _data.Voiced[3].Samples;
        int frames = FeatureExtractor.Frames(samples.Length);
        float[] image = new float[frames * 230];
        using FeatureExtractor extractor = new();
        extractor.ComputeImage(samples, image);
        Assert.Equal(Enumerable.Range(0, frames).Average(t => (double)image[(t * 230) + 77]), averages[77], 1e-12);
    }

    [Fact]
    public void Each_order_of_the_short_list_is_trained_with_its_own_images_and_the_best_is_first()
    {
        Split split = Splitting.Stratified(_data.Utterances, 1);
        IReadOnlyList<System.Collections.Immutable.ImmutableArray<FeatureBlock>> orders = [.. FeatureOrder.All().Where((_, i) => i is 0 or 719)];

        IReadOnlyList<OrderTrial> trials = OrderTuning.Run(_data, split, orders, [1, 2], Options, _spoken.Runs);

        Assert.Equal(2, trials.Count);
        Assert.True(trials[0].Accuracy.Mean >= trials[1].Accuracy.Mean);
        RunFolder last = RunFolder.Open(Path.Combine(_spoken.Runs, "order-2", "seed-2"));
        Assert.Equal(orders[1].AsEnumerable(), last.Configuration.Model.Features.Order.AsEnumerable());
        Assert.Equal(2, trials[0].Accuracy.Count);
        Assert.Equal(3, File.ReadAllLines(Path.Combine(_spoken.Runs, "shortlist.csv")).Length);
    }
}
