using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using GpuSer.Cuda;
using GpuSer.IO;
using GpuSer.Training.Data;
using GpuSer.Training.Evaluation;
using GpuSer.Training.Inference;
using GpuSer.Training.Models;
using GpuSer.Training.Optimisation;
using GpuSer.Training.Runs;
using GpuSer.Training.Weights;

namespace GpuSer.Training;

/// <summary>The epochs of one training, from its beginning or from a checkpoint.</summary>
internal sealed class TrainingRun : IDisposable
{
    private readonly Vgg _network;
    private readonly TrainOptions _options;
    private readonly RunFolder _run;
    private readonly IProgress<TrainEvent>? _progress;
    private readonly BatchOrder _order;
    private readonly IReadOnlyList<VoicedUtterance> _test;
    private readonly ImageBatch _images;
    private readonly IOptimiser _optimiser;
    private readonly TrainingStep _step;
    private readonly EmotionClassifier _judge;
    private readonly RunKeeper _keeper;
    private readonly long _steps;
    private TrainingProgress _now;

    public TrainingRun(
        Vgg network, TrainOptions options, RunFolder run, IReadOnlyList<VoicedUtterance> train, IReadOnlyList<VoicedUtterance> test, CudaContext? device,
        IProgress<TrainEvent>? progress)
    {
        (_network, _options, _run, _progress, _test) = (network, options, run, progress, test);
        IReadOnlyList<float[]> signals = [.. train.Concat(test).Select(voiced => voiced.Samples)];
        _now = new TrainingProgress { Recordings = Fingerprint(signals) };
        _order = new BatchOrder(train, options);
        _steps = (long)options.Epochs * ((train.Count + options.Batch - 1) / options.Batch);
        ModelDescription model = run.Configuration.Model;
        _images = ImageBatch.On(device, model.Features, options.Threads, options.Cache);
        _images.Keep(signals);
        AdamOptions adam = new() { LearningRate = options.Rate() };
        (string, TorchSharp.Modules.Parameter)[] trained = [.. network.named_parameters().Where(pair => pair.parameter.requires_grad)];
        _optimiser = device is null ? new FusedAdam(trained, adam, options.Threads) : new DeviceAdam(device, trained, adam);
        _step = new TrainingStep(network, _optimiser, _images, options.CutMixAlpha, (ulong)options.Seed, options.PadBatches)
        {
            MaxGradientNorm = options.MaxGradientNorm,
        };
        _judge = EmotionClassifier.Around(network, model, _images);
        _keeper = new RunKeeper(run, network, _optimiser, options.CheckpointMinutes, progress);
    }

    /// <summary>Goes back to where the run's checkpoint has it.</summary>
    /// <exception cref="InvalidFileException">The checkpoint is damaged or of another network.</exception>
    /// <exception cref="TrainingException">The recordings have changed since.</exception>
    public void Restore()
    {
        TrainingProgress then = TrainingProgress.FromJson(_run.Checkpoint, CheckpointFile.Load(_run.Checkpoint, _network, _optimiser));
        if (then.Recordings != _now.Recordings)
        {
            throw new TrainingException($"{_run.Configuration.Data}: the recordings have changed since this run began, so that it cannot be continued; begin another");
        }

        _now = then;
        _optimiser.Steps = then.Steps;
        _progress?.Report(new TrainResumed(then.Epoch, then.Batch));
    }

    /// <summary>Trains to the end. A cancelled training leaves a checkpoint.</summary>
    public TrainResult Go(CancellationToken cancellation)
    {
        try
        {
            while (_now.Epoch <= _options.Epochs && !OutOfPatience())
            {
                Epoch(cancellation);
            }
        }
        catch (OperationCanceledException)
        {
            if (!_keeper.Checkpoint(_now))
            {
                throw _keeper.NotSaved();
            }

            throw;
        }

        _keeper.Finish(_now);
        return _now.ToResult(_run);
    }

    public void Dispose()
    {
        _step.Dispose();
        _judge.Dispose();
        _optimiser.Dispose();
        _images.Dispose();
    }

    private bool OutOfPatience() => _options.Patience is int patience && _now.BestEpoch > 0 && _now.Epoch - 1 - _now.BestEpoch >= patience;

    private void Epoch(CancellationToken cancellation)
    {
        using Activity? activity = Telemetry.Activities.StartActivity("gpuser.training.epoch");
        activity?.SetTag("epoch", _now.Epoch);
        double before = _now.Seconds;
        Stopwatch clock = Stopwatch.StartNew();
        Train(before, clock, cancellation);
        double trained = clock.Elapsed.TotalSeconds;
        EvaluationResult test = Test(cancellation);
        if (!double.IsFinite(test.Loss))
        {
            throw Diverged($"epoch {_now.Epoch}: the loss of the test is {test.Loss}", null);
        }

        double whole = clock.Elapsed.TotalSeconds; // read once, so that the parts are never more than it
        EpochResult result = new(
            _now.Epoch, _now.Loss / _now.Seen, _now.Correct / _now.Seen, test.Loss, test.Confusion.Accuracy, test.Confusion.UnweightedAverageRecall,
            test.Confusion.MacroF1, before + whole, _now.Timings, whole - trained);
        bool best = IsBest(result) && _keeper.SaveBest(test);
        _now = new TrainingProgress
        {
            Recordings = _now.Recordings,
            Epoch = result.Epoch + 1,
            Steps = _now.Steps,
            Epochs = [.. _now.Epochs, result],
            BestEpoch = best ? result.Epoch : _now.BestEpoch,
            BestTest = best ? test.Judgements : _now.BestTest,
        };
        _keeper.SaveEpoch(_now.Epochs);
        _keeper.Checkpoint(_now);
        double left = _now.Epochs.Average(epoch => epoch.Seconds) * (_options.Epochs - result.Epoch);
        _progress?.Report(new EpochFinished(result, best, TimeSpan.FromSeconds(left)));
    }

    private bool IsBest(EpochResult result)
    {
        if (_now.BestEpoch == 0)
        {
            return true;
        }

        EpochResult former = _now.Epochs[_now.BestEpoch - 1];
        return result.Accuracy > former.Accuracy || (result.Accuracy == former.Accuracy && result.TestLoss < former.TestLoss);
    }

    private void Train(double before, Stopwatch clock, CancellationToken cancellation)
    {
        _network.train();
        IReadOnlyList<TrainingBatch> batches = _order.Epoch((uint)_now.Epoch);
        int first = _now.Batch;
        double seen = _now.Seen;
        while (_now.Batch < batches.Count)
        {
            TrainingBatch batch = batches[_now.Batch];
            StepResult step = Step(batches, cancellation);
            _now = _now with
            {
                Batch = _now.Batch + 1,
                Steps = _now.Steps + 1,
                Seen = _now.Seen + batch.Labels.Count,
                Loss = _now.Loss + (step.Loss * batch.Labels.Count),
                Correct = _now.Correct + step.Correct,
                Timings = _now.Timings + step.Timings,
                Seconds = before + clock.Elapsed.TotalSeconds,
            };
            _keeper.CheckpointIfDue(_now);
            double batchesLeft = ((double)batches.Count * (_options.Epochs - _now.Epoch + 1)) - _now.Batch;
            TimeSpan left = clock.Elapsed / (_now.Batch - first) * batchesLeft;
            _progress?.Report(new BatchTrained(
                _now.Epoch, _options.Epochs, _now.Batch, batches.Count, _now.Loss / _now.Seen, _now.Correct / _now.Seen, left, step.Loss, (_now.Seen - seen) / clock.Elapsed.TotalSeconds));
        }
    }

    private StepResult Step(IReadOnlyList<TrainingBatch> batches, CancellationToken cancellation)
    {
        _optimiser.LearningRate = _options.Schedule.RateAt(_options.Rate(), _now.Steps, _steps);
        TrainingBatch? next = _now.Batch + 1 < batches.Count ? batches[_now.Batch + 1] : null;
        try
        {
            return _step.Run(batches[_now.Batch], next, _now.Steps, cancellation);
        }
        catch (TrainingDivergedException error)
        {
            throw Diverged($"epoch {_now.Epoch}, batch {_now.Batch + 1} of {batches.Count}: {error.Message}", error);
        }
        catch (ExternalException error)
        {
            throw new TrainingException(
                $"epoch {_now.Epoch}, batch {_now.Batch + 1} of {batches.Count}: torch failed: {error.Message.Split('\n')[0]}; where memory is short give a smaller --batch", error);
        }
    }

    private TrainingDivergedException Diverged(string where, Exception? error)
    {
        string good = _now.Epochs.Count == 0 ? "no epoch was saved before" : $"the weights of epoch {_now.Epochs.Count} are in {_run.LastWeights}";
        return new TrainingDivergedException($"{where}; {good}; the rate {_options.Rate()} may be too high, so give a smaller one with --lr", error);
    }

    private EvaluationResult Test(CancellationToken cancellation)
    {
        _network.eval();
        IProgress<double>? share = _progress is null ? null : new Relay(done => _progress.Report(new TestProgress(_now.Epoch, _options.Epochs, done)));
        return Evaluator.Judge(_judge, _test, _run.Split.Name, share, cancellation);
    }

    private static string Fingerprint(IReadOnlyList<float[]> signals)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (float[] signal in signals)
        {
            hash.AppendData(BitConverter.GetBytes(signal.Length));
            hash.AppendData(MemoryMarshal.AsBytes<float>(signal));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private sealed class Relay(Action<double> report) : IProgress<double>
    {
        public void Report(double value) => report(value);
    }
}
