using Microsoft.Extensions.Logging;

namespace GpuSer.Training;

/// <summary>
/// Writes a training's events to a logger: begin, folds and epochs as information, files left out, folds and saves that failed as warnings,
/// checkpoints for debugging; steps are not written. Give it to one training as its progress. Called on the training's own thread, and not for several
/// at a time.
/// </summary>
/// <param name="logger">Where to write.</param>
/// <param name="next">Who is told besides; null for nobody.</param>
public sealed partial class TrainLog(ILogger logger, IProgress<TrainEvent>? next = null) : IProgress<TrainEvent>
{
    private bool _toldBadFiles;

    /// <summary>Writes an event, and hands it on.</summary>
    /// <param name="value">The event.</param>
    public void Report(TrainEvent value)
    {
        switch (value)
        {
            case TrainStarted started:
                Started(logger, started.Model.Network.Name(), started.Parameters, started.Split.Train.Count, started.Split.Test.Count, started.LearningRate);
                foreach (Data.BadFile bad in _toldBadFiles ? [] : started.BadFiles)
                {
                    LeftOut(logger, bad.Path, bad.Reason);
                }

                _toldBadFiles = true; // folds have them in common
                break;
            case FoldStarted fold:
                Fold(logger, fold.Planned.Name, fold.Fold, fold.Folds);
                break;
            case FoldFailed failed:
                FoldLost(logger, failed.Planned.Name, failed.Reason);
                break;
            case TrainResumed resumed:
                Resumed(logger, resumed.Epoch, resumed.Batch);
                break;
            case EpochFinished { Result: EpochResult result } finished:
                Epoch(logger, result.Epoch, result.TrainLoss, result.TestLoss, result.Accuracy, result.Seconds, finished.Best ? ", the best so far" : string.Empty);
                break;
            case CheckpointSaved saved:
                Checkpoint(logger, saved.Path, saved.Epoch, saved.Batch);
                break;
            case SaveFailed failed:
                NotSaved(logger, failed.Reason);
                break;
        }

        next?.Report(value);
    }

    [LoggerMessage(101, LogLevel.Information, "{Network} of {Parameters} parameters: {Train} recordings to train on, {Test} to test with, rate {Rate}")]
    private static partial void Started(ILogger logger, string network, long parameters, int train, int test, double rate);

    [LoggerMessage(102, LogLevel.Warning, "Left out {Path}: {Reason}")]
    private static partial void LeftOut(ILogger logger, string path, string reason);

    [LoggerMessage(103, LogLevel.Information, "Goes on in epoch {Epoch} after batch {Batch}")]
    private static partial void Resumed(ILogger logger, int epoch, int batch);

    [LoggerMessage(104, LogLevel.Information, "Epoch {Epoch}: loss {TrainLoss:f4}, of the test {TestLoss:f4}, accuracy {Accuracy:p1}, {Seconds:f1} s{Best}")]
    private static partial void Epoch(ILogger logger, int epoch, double trainLoss, double testLoss, double accuracy, double seconds, string best);

    [LoggerMessage(105, LogLevel.Debug, "Checkpoint {Path}: epoch {Epoch}, batch {Batch}")]
    private static partial void Checkpoint(ILogger logger, string path, int epoch, int batch);

    [LoggerMessage(107, LogLevel.Information, "Fold {Name}, {Fold} of {Folds}")]
    private static partial void Fold(ILogger logger, string name, int fold, int folds);

    [LoggerMessage(108, LogLevel.Warning, "Fold {Name} is left out: {Reason}")]
    private static partial void FoldLost(ILogger logger, string name, string reason);

    [LoggerMessage(106, LogLevel.Warning, "Not saved: {Reason}")]
    private static partial void NotSaved(ILogger logger, string reason);
}
