using System.Diagnostics;
using GpuSer.Cuda;
using GpuSer.Training.Data;
using GpuSer.Training.Evaluation;
using GpuSer.Training.Inference;
using GpuSer.Training.Models;
using GpuSer.Training.Optimisation;
using GpuSer.Training.Runs;

namespace GpuSer.Training;

/// <summary>The epochs of one training.</summary>
internal sealed class TrainingRun : IDisposable
{
    private readonly Vgg _network;
    private readonly TrainOptions _options;
    private readonly BatchOrder _order;
    private readonly IReadOnlyList<VoicedUtterance> _test;
    private readonly ImageBatch _images;
    private readonly IOptimiser _optimiser;
    private readonly TrainingStep _step;
    private readonly EmotionClassifier _judge;
    private uint _steps;

    public TrainingRun(
        Vgg network, ModelDescription model, TrainOptions options, IReadOnlyList<VoicedUtterance> train, IReadOnlyList<VoicedUtterance> test,
        CudaContext? device)
    {
        (_network, _options, _test) = (network, options, test);
        _order = new BatchOrder(train, options);
        _images = ImageBatch.On(device, model.Features, options.Threads);
        _images.Keep([.. train.Concat(test).Select(voiced => voiced.Samples)]);
        AdamOptions adam = new() { LearningRate = options.Rate() };
        _optimiser = device is null
            ? new FusedAdam(network.named_parameters(), adam, options.Threads)
            : new DeviceAdam(device, network.parameters(), adam);
        _step = new TrainingStep(network, _optimiser, _images, options.CutMixAlpha, (ulong)options.Seed);
        _judge = EmotionClassifier.Around(network, model, _images);
    }

    public TrainResult Go(RunFolder run, Split split, IProgress<TrainEvent>? progress, CancellationToken cancellation)
    {
        List<EpochResult> epochs = [];
        (EpochResult Result, EvaluationResult Test)? best = null;
        Stopwatch clock = Stopwatch.StartNew();
        for (int epoch = 1; epoch <= _options.Epochs; epoch++)
        {
            double start = clock.Elapsed.TotalSeconds;
            (double loss, double accuracy, StepTimings steps) = Train(epoch, clock, progress, cancellation);
            double trained = clock.Elapsed.TotalSeconds;
            EvaluationResult test = Test(epoch, split, progress, cancellation);
            double end = clock.Elapsed.TotalSeconds;
            EpochResult result = new(
                epoch, loss, accuracy, test.Loss, test.Confusion.Accuracy, test.Confusion.UnweightedAverageRecall, test.Confusion.MacroF1,
                end - start, steps, end - trained);
            bool isBest = best is not { } former || result.Accuracy > former.Result.Accuracy
                || (result.Accuracy == former.Result.Accuracy && result.TestLoss < former.Result.TestLoss);
            best = isBest ? (result, test) : best;
            epochs.Add(result);
            run.Save(result, test, isBest, _network);
            progress?.Report(new EpochFinished(result, isBest, TimeSpan.FromSeconds(clock.Elapsed.TotalSeconds / epoch * (_options.Epochs - epoch))));
        }

        return new TrainResult(run, epochs, best!.Value.Result, best.Value.Test, []);
    }

    public void Dispose()
    {
        _step.Dispose();
        _judge.Dispose();
        _optimiser.Dispose();
        _images.Dispose();
    }

    private (double Loss, double Accuracy, StepTimings Steps) Train(
        int epoch, Stopwatch clock, IProgress<TrainEvent>? progress, CancellationToken cancellation)
    {
        _network.train();
        double loss = 0, correct = 0;
        int seen = 0;
        StepTimings timings = default;
        IReadOnlyList<TrainingBatch> batches = _order.Epoch((uint)epoch);
        for (int b = 0; b < batches.Count; b++)
        {
            cancellation.ThrowIfCancellationRequested();
            StepResult step = Step(epoch, b, batches, cancellation);
            seen += batches[b].Labels.Count;
            loss += step.Loss * batches[b].Labels.Count;
            correct += step.Correct;
            timings += step.Timings;
            double done = epoch - 1 + ((b + 1.0) / batches.Count);
            TimeSpan left = clock.Elapsed / done * (_options.Epochs - done);
            progress?.Report(new BatchTrained(epoch, _options.Epochs, b + 1, batches.Count, loss / seen, correct / seen, left));
        }

        return (loss / seen, correct / seen, timings);
    }

    private StepResult Step(int epoch, int batch, IReadOnlyList<TrainingBatch> batches, CancellationToken cancellation)
    {
        try
        {
            return _step.Run(batches[batch], batch + 1 < batches.Count ? batches[batch + 1] : null, _steps++, cancellation);
        }
        catch (TrainingException error)
        {
            throw new TrainingException(
                $"epoch {epoch}, batch {batch + 1} of {batches.Count}: {error.Message}; the rate {_options.Rate()} may be too high, so give a smaller one with --lr", error);
        }
    }

    private EvaluationResult Test(int epoch, Split split, IProgress<TrainEvent>? progress, CancellationToken cancellation)
    {
        _network.eval();
        IProgress<double>? share = progress is null ? null : new Relay(done => progress.Report(new TestProgress(epoch, _options.Epochs, done)));
        return Evaluator.Judge(_judge, _test, split.Name, share, cancellation);
    }

    private sealed class Relay(Action<double> report) : IProgress<double>
    {
        public void Report(double value) => report(value);
    }
}
