using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using GpuSer.Cuda;
using GpuSer.Features;
using GpuSer.IO;
using GpuSer.Training.Data;
using GpuSer.Training.Evaluation;

namespace GpuSer.Training.Experiments;

/// <summary>A network's figures with the features in one order.</summary>
/// <param name="Order">The order.</param>
/// <param name="Accuracy">Of the last epochs, over the seeds.</param>
/// <param name="Loss">Mean cross entropy of the last epochs, over the seeds.</param>
/// <param name="Runs">The trainings, by seed.</param>
internal sealed record OrderTrial(ImmutableArray<FeatureBlock> Order, Spread Accuracy, Spread Loss, IReadOnlyList<TrainResult> Runs);

/// <summary>The training of a network with one order and one seed begins.</summary>
/// <param name="Run">Which, from 1.</param>
/// <param name="Runs">How many there are.</param>
/// <param name="Order">The order.</param>
/// <param name="Seed">The seed.</param>
internal sealed record OrderRunStarted(int Run, int Runs, ImmutableArray<FeatureBlock> Order, long Seed) : TrainEvent;

/// <summary>Fine-tunes a network with each order of a short list.</summary>
internal static class OrderTuning
{
    /// <summary>
    /// Trains each order with each seed, in <c>folder/order-1/seed-1</c>; runs that are done are read, one that was cut goes on. Orders are judged by
    /// their last epochs, which nothing chose.
    /// </summary>
    /// <param name="data">The recordings.</param>
    /// <param name="split">What of them to train on and to judge with: no part of a test that is to come.</param>
    /// <param name="orders">The short list.</param>
    /// <param name="seeds">Seeds of the trainings.</param>
    /// <param name="options">How to train.</param>
    /// <param name="folder">Where to write.</param>
    /// <param name="progress">Told on the training's own thread.</param>
    /// <param name="device">A CUDA device or its emulator; null for the CPU.</param>
    /// <param name="cancellation">Stops before the next step, with a checkpoint.</param>
    /// <returns>The trials, the best first: of the largest mean accuracy, of equals the one with the lower loss.</returns>
    /// <exception cref="GpuSerException">As <see cref="Trainer.Run(TrainingData, Split, TrainOptions, string, IProgress{TrainEvent}?, CudaContext?, bool, CancellationToken)"/>.</exception>
    public static IReadOnlyList<OrderTrial> Run(
        TrainingData data, Split split, IReadOnlyList<ImmutableArray<FeatureBlock>> orders, IReadOnlyList<long> seeds, TrainOptions options, string folder,
        IProgress<TrainEvent>? progress = null, CudaContext? device = null, CancellationToken cancellation = default)
    {
        List<OrderTrial> trials = [];
        foreach (ImmutableArray<FeatureBlock> order in orders)
        {
            List<TrainResult> runs = [];
            foreach (long seed in seeds)
            {
                progress?.Report(new OrderRunStarted((trials.Count * seeds.Count) + runs.Count + 1, orders.Count * seeds.Count, order, seed));
                TrainOptions own = options with { Seed = seed, Features = options.Features with { Order = order } };
                string path = Path.Combine(folder, $"order-{trials.Count + 1}", $"seed-{seed}");
                runs.Add(Trainer.Run(data, split, own, path, progress, device, resume: true, cancellation));
            }

            trials.Add(new OrderTrial(
                order, Spread.Of([.. runs.Select(run => run.Epochs[^1].Accuracy)]), Spread.Of([.. runs.Select(run => run.Epochs[^1].TestLoss)]), runs));
        }

        OrderTrial[] ranked = [.. trials.OrderByDescending(trial => trial.Accuracy.Mean).ThenBy(trial => trial.Loss.Mean)];
        AtomicFile.WriteText(Path.Combine(folder, "shortlist.csv"), Csv(ranked));
        return ranked;
    }

    private static string Csv(IEnumerable<OrderTrial> trials)
    {
        StringBuilder text = new("order,runs,last_accuracy_mean,last_accuracy_sd,last_loss_mean,last_loss_sd\n");
        foreach (OrderTrial trial in trials)
        {
            text.Append(CultureInfo.InvariantCulture, $"{CsvTable.Quoted(FeatureOrder.Format(trial.Order))},{trial.Runs.Count},")
                .Append(CultureInfo.InvariantCulture, $"{trial.Accuracy.Mean:R},{trial.Accuracy.Deviation:R},{trial.Loss.Mean:R},{trial.Loss.Deviation:R}\n");
        }

        return text.ToString();
    }
}
