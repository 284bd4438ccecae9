using System.Collections.Immutable;
using System.Globalization;
using GpuSer.Features;
using GpuSer.Training.Data;
using GpuSer.Training.Evaluation;
using GpuSer.Training.Randomness;

namespace GpuSer.Training.Experiments;

/// <summary>What the linear model comes to with the features in one order.</summary>
/// <param name="Order">The order.</param>
/// <param name="Accuracy">Share of right predictions, cross-validated.</param>
/// <param name="LogLoss">Mean cross entropy, cross-validated.</param>
internal sealed record OrderScore(ImmutableArray<FeatureBlock> Order, double Accuracy, double LogLoss);

/// <summary>What the search over all orders found.</summary>
/// <param name="Scores">A score for each of the 720 orders, the paper's first.</param>
/// <param name="Tolerance">
/// The most by which two fits of one problem may differ in log loss, from the gradients that were left where they ended: each is no further than gradient / penalty
/// from the least, and a row's loss changes by no more than sqrt(2) times its norm times that.
/// </param>
/// <param name="Recordings">How many recordings it was made with.</param>
/// <param name="Folds">Folds of the cross-validation.</param>
internal sealed record OrderSearchResult(IReadOnlyList<OrderScore> Scores, double Tolerance, int Recordings, int Folds)
{
    /// <summary>Log loss over the orders.</summary>
    public Spread LogLoss { get; } = Spread.Of([.. Scores.Select(score => score.LogLoss)]);

    /// <summary>Accuracy over the orders.</summary>
    public Spread Accuracy { get; } = Spread.Of([.. Scores.Select(score => score.Accuracy)]);

    /// <summary>Whether orders differ by more than two fits of one problem may.</summary>
    public bool SeesOrder => LogLoss.Max - LogLoss.Min > Tolerance;

    /// <summary>A line an order.</summary>
    public string ToCsv() => "order,accuracy,log_loss\n" + string.Concat(Scores.Select(score => string.Create(
        CultureInfo.InvariantCulture, $"{CsvTable.Quoted(FeatureOrder.Format(score.Order))},{score.Accuracy:R},{score.LogLoss:R}\n")));

    /// <summary>
    /// The orders to try on a network: those of the least log loss where the search sees the order; where it does not, the paper's and others drawn by
    /// the seed, because any ranking would be one of rounding errors.
    /// </summary>
    public IReadOnlyList<ImmutableArray<FeatureBlock>> ShortList(int count, ulong seed)
    {
        if (SeesOrder)
        {
            return [.. Scores.OrderBy(score => score.LogLoss).Take(count).Select(score => score.Order)];
        }

        int[] others = new Philox(seed, RandomStream.Orders).NextPermutation(Scores.Count - 1);
        return [Scores[0].Order, .. others.Take(count - 1).Select(i => Scores[i + 1].Order)];
    }
}

/// <summary>
/// Looks for the best order of the six features as the paper's section 3.1 does: rows are averaged over time, and a multinomial logistic regression is
/// fitted to the averages in each of the 720 orders.
/// </summary>
/// <remarks>
/// Another order permutes the columns, and the least of the objective with them: such a model cannot see the order. That is not assumed here but
/// measured: <see cref="OrderSearchResult.SeesOrder"/>.
/// </remarks>
internal static class OrderSearch
{
    /// <summary>Factor of the regression's squared penalty, on columns of mean 0 and deviation 1.</summary>
    public const double Penalty = 0.1;

    /// <summary>Folds of the cross-validation.</summary>
    public const int Folds = 5;

    /// <summary>Scores every order.</summary>
    /// <param name="voiced">The recordings; at least one a fold.</param>
    /// <param name="classes">Number of classes.</param>
    /// <param name="seed">Draws the folds.</param>
    /// <param name="threads">Threads; 0 for one a core.</param>
    /// <param name="progress">Told the share that is done, up to 1, on any thread.</param>
    /// <param name="cancellation">Stops between two orders.</param>
    /// <exception cref="TrainingException">There are too few recordings, or a fit did not come to its end.</exception>
    public static OrderSearchResult Run(
        IReadOnlyList<VoicedUtterance> voiced, int classes, ulong seed, int threads = 0, IProgress<double>? progress = null, CancellationToken cancellation = default) =>
        Run([.. FeatureOrder.All()], voiced, classes, seed, threads, progress, cancellation);

    /// <summary>Scores some orders.</summary>
    internal static OrderSearchResult Run(
        ImmutableArray<FeatureBlock>[] orders, IReadOnlyList<VoicedUtterance> voiced, int classes, ulong seed, int threads = 0, IProgress<double>? progress = null,
        CancellationToken cancellation = default)
    {
        IReadOnlyList<Utterance> utterances = [.. voiced.Select(one => one.Utterance)];
        IReadOnlyList<Split> splits = Splitting.KFold(utterances, Folds, seed);
        Dictionary<Utterance, double[]> averages = utterances.Zip(Averages(voiced, threads, cancellation)).ToDictionary(pair => pair.First, pair => pair.Second);
        Fold[] folds = [.. splits.Select(split => Fold.Of(split, averages))];
        OrderScore[] scores = new OrderScore[orders.Length];
        double[] tolerances = new double[orders.Length];
        int done = 0;
        Parallel.For(0, orders.Length, Parallelism(threads, cancellation), i =>
        {
            int[] columns = Columns(orders[i]);
            double loss = 0, distance = 0;
            int right = 0;
            foreach (Fold fold in folds)
            {
                LogisticRegression model = LogisticRegression.Fit([.. fold.Train.Select(row => Permuted(row, columns))], fold.TrainLabels, classes, Penalty);
                for (int t = 0; t < fold.Test.Count; t++)
                {
                    (int prediction, double one) = model.Judge(Permuted(fold.Test[t], columns), fold.TestLabels[t]);
                    right += prediction == fold.TestLabels[t] ? 1 : 0;
                    loss += one;
                    distance += Math.Sqrt(2 * fold.Test[t].Sum(value => value * value)) * model.GradientNorm / Penalty;
                }
            }

            scores[i] = new OrderScore(orders[i], (double)right / voiced.Count, loss / voiced.Count);
            tolerances[i] = distance / voiced.Count;
            progress?.Report((double)Interlocked.Increment(ref done) / orders.Length);
        });
        return new OrderSearchResult(scores, tolerances.Order().TakeLast(2).Sum(), voiced.Count, Folds);
    }

    /// <summary>The rows of each recording's image, in the paper's order, averaged over time. [n][230]</summary>
    internal static double[][] Averages(IReadOnlyList<VoicedUtterance> voiced, int threads, CancellationToken cancellation = default)
    {
        double[][] averages = new double[voiced.Count][];
        using FeatureExtractor extractor = new(threads: 1);
        Parallel.For(0, voiced.Count, Parallelism(threads, cancellation), i =>
        {
            int frames = FeatureExtractor.Frames(voiced[i].Samples.Length);
            float[] image = new float[frames * FeatureExtractor.Rows];
            extractor.ComputeImage(voiced[i].Samples, image);
            double[] sums = new double[FeatureExtractor.Rows];
            for (int at = 0; at < image.Length; at++)
            {
                sums[at % sums.Length] += image[at];
            }

            averages[i] = [.. sums.Select(sum => sum / frames)];
        });
        return averages;
    }

    /// <summary>Where each column of an order comes from in the paper's, the column of ones last. [length = 231]</summary>
    private static int[] Columns(ImmutableArray<FeatureBlock> order) => [.. FeatureOrder.Rows(order), FeatureExtractor.Rows];

    private static double[] Permuted(double[] row, int[] columns) => Array.ConvertAll(columns, column => row[column]);

    private static ParallelOptions Parallelism(int threads, CancellationToken cancellation) =>
        new() { MaxDegreeOfParallelism = threads == 0 ? Environment.ProcessorCount : threads, CancellationToken = cancellation };

    /// <summary>Rows of a fold, each with a one at its end; columns have mean 0 and deviation 1 over what is trained on.</summary>
    private sealed record Fold(IReadOnlyList<double[]> Train, IReadOnlyList<int> TrainLabels, IReadOnlyList<double[]> Test, IReadOnlyList<int> TestLabels)
    {
        public static Fold Of(Split split, Dictionary<Utterance, double[]> averages)
        {
            double[][] train = [.. split.Train.Select(u => averages[u])];
            int columns = train[0].Length;
            double[] mean = new double[columns], scale = new double[columns];
            for (int c = 0; c < columns; c++)
            {
                mean[c] = train.Average(row => row[c]);
                double deviation = Math.Sqrt(train.Average(row => (row[c] - mean[c]) * (row[c] - mean[c])));
                scale[c] = deviation > 0 ? 1 / deviation : 0; // a column that never changes says nothing
            }

            double[] Standard(Utterance utterance) => [.. averages[utterance].Select((value, c) => (value - mean[c]) * scale[c]), 1];
            return new Fold(
                [.. split.Train.Select(Standard)], [.. split.Train.Select(u => u.Label)], [.. split.Test.Select(Standard)], [.. split.Test.Select(u => u.Label)]);
        }
    }
}
