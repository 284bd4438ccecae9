using GpuSer.Features;
using GpuSer.Training;
using GpuSer.Training.Experiments;

namespace GpuSer.Console.Output;

/// <summary>Tells a training on standard error: what it starts with, a live line on a terminal, a line an epoch.</summary>
internal sealed class TrainProgress(Terminal terminal, bool live) : IProgress<TrainEvent>, IDisposable
{
    private const int BarWidth = 24;
    private readonly ProgressLine _line = new(terminal.Notes, live);
    private bool _toldBadFiles;

    public void Report(TrainEvent value)
    {
        switch (value)
        {
            case FoldStarted fold:
                _line.Clear();
                terminal.Notes.WriteLine($"gpuser: {fold.Planned.Name}, {fold.Fold} of {fold.Folds}");
                break;
            case FoldFailed failed:
                _line.Clear();
                error.WriteLine($"gpuser: {failed.Planned.Name}: {failed.Reason}; this fold is left out");
                break;
            case AblationRunStarted run:
                _line.Clear();
                terminal.Notes.WriteLine($"gpuser: model {run.Model.Name} ({(run.Model == ModelPreset.A ? "complete" : $"without {run.Model.LeavesOut}")}), seed {run.Seed}, {run.Fold}: {run.Run} of {run.Runs}");
                break;
            case OrderRunStarted run:
                _line.Clear();
                terminal.Notes.WriteLine($"gpuser: {FeatureOrder.Format(run.Order)}, seed {run.Seed}: {run.Run} of {run.Runs}");
                break;
            case AblationRunFailed failed:
                _line.Clear();
                terminal.Error.WriteLine($"gpuser: model {failed.Model.Name}, seed {failed.Seed}: {failed.Reason}; the others go on");
                break;
            case TrainStarted started:
                Tell(started);
                break;
            case BatchTrained batch:
                _line.Show(
                    $"epoch {batch.Epoch}/{batch.Epochs} {Bar((double)batch.Batch / batch.Batches)} {batch.Batch}/{batch.Batches} "
                    + $"loss {Figures.Number(batch.Loss, "0.000")} acc {Figures.Percent(batch.Accuracy)} left {Figures.Duration(batch.TimeLeft)}");
                break;
            case TestProgress test:
                _line.Show($"epoch {test.Epoch}/{test.Epochs} {Bar(test.Share)} testing");
                break;
            case TrainResumed resumed:
                terminal.Notes.WriteLine($"gpuser: goes on in epoch {resumed.Epoch}, {resumed.Batch} batches of it are done");
                break;
            case SaveFailed failed:
                _line.Clear();
                terminal.Error.WriteLine($"gpuser: not saved, the training goes on: {failed.Reason}");
                break;
            case EpochFinished finished:
                Tell(finished);
                break;
        }
    }

    public void Dispose() => _line.Dispose();

    private static string Bar(double share)
    {
        int full = (int)Math.Round(share * BarWidth);
        return "[" + new string('#', full) + new string('.', BarWidth - full) + "]";
    }

    private void Tell(TrainStarted started)
    {
        if (!_toldBadFiles)
        {
            BadFiles.Tell(terminal.Error, started.BadFiles); // folds have them in common
            _toldBadFiles = true;
        }

        string origin = started.Weights is null
            ? "random weights, not pretrained"
            : $"{started.Weights.Loaded.Count} tensors loaded, classifier fresh" + (started.Weights.Complete ? "" : $" ({started.Weights.Summary()})");
        terminal.Notes.WriteLine($"gpuser: {started.Model.Network.Name()}, {started.Parameters:N0} parameters, {origin}; Adam at {Figures.Number(started.LearningRate, "0.####e+0")}");
        terminal.Notes.WriteLine($"gpuser: {started.Split.Train.Count} recordings to train on, {started.Split.Test.Count} to test with ({started.Split.Name})");
    }

    private void Tell(EpochFinished finished)
    {
        _line.Clear();
        EpochResult epoch = finished.Result;
        terminal.Notes.WriteLine(
            $"epoch {epoch.Epoch}: train loss {Figures.Number(epoch.TrainLoss, "0.0000")}, test loss {Figures.Number(epoch.TestLoss, "0.0000")}, "
            + $"accuracy {Figures.Percent(epoch.Accuracy)}, uar {Figures.Percent(epoch.Uar)}, {Figures.Number(epoch.Seconds, "0.0")} s, "
            + $"{Figures.Percent(epoch.Steps.Features / epoch.Seconds)} of it waiting for features"
            + (finished.Best ? " (best so far)" : ""));
    }
}
