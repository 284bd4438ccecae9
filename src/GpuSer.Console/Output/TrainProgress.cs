using GpuSer.Features;
using GpuSer.Training;
using GpuSer.Training.Experiments;

namespace GpuSer.Console.Output;

/// <summary>Tells a training on standard error: what it starts with, a live line on a terminal, a line an epoch.</summary>
internal sealed class TrainProgress(Terminal terminal, bool live) : IProgress<TrainEvent>, IDisposable
{
    private const int CurveWidth = 32;

    private readonly ProgressLine _line = new(terminal.Notes, live);
    private readonly List<EpochResult> _epochs = [];
    private readonly Queue<double> _losses = [];
    private bool _toldBadFiles;

    public void Report(TrainEvent value)
    {
        switch (value)
        {
            case FoldStarted fold:
                End();
                terminal.Notes.WriteLine($"gpuser: {fold.Planned.Name}, {fold.Fold} of {fold.Folds}");
                break;
            case FoldFailed failed:
                End();
                terminal.Error.WriteLine($"gpuser: {failed.Planned.Name}: {failed.Reason}; this fold is left out");
                break;
            case AblationRunStarted run:
                End();
                terminal.Notes.WriteLine($"gpuser: model {run.Model.Name} ({(run.Model == ModelPreset.A ? "complete" : $"without {run.Model.LeavesOut}")}), seed {run.Seed}, {run.Fold}: {run.Run} of {run.Runs}");
                break;
            case OrderRunStarted run:
                End();
                terminal.Notes.WriteLine($"gpuser: {FeatureOrder.Format(run.Order)}, seed {run.Seed}: {run.Run} of {run.Runs}");
                break;
            case AblationRunFailed failed:
                End();
                terminal.Error.WriteLine($"gpuser: model {failed.Model.Name}, seed {failed.Seed}: {failed.Reason}; the others go on");
                break;
            case TrainStarted started:
                Tell(started);
                break;
            case BatchTrained batch:
                Show(batch);
                break;
            case TestProgress test:
                _line.Show($"epoch {test.Epoch}/{test.Epochs} {BatchLine.Bar(test.Share)} testing");
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

    public void Dispose() => End();

    /// <summary>Ends what is told of one training, of several.</summary>
    private void End()
    {
        _line.Clear();
        TellCurves();
    }

    private void Show(BatchTrained batch)
    {
        _losses.Enqueue(batch.StepLoss);
        if (_losses.Count > BatchLine.Recent)
        {
            _losses.Dequeue();
        }

        _line.Show(BatchLine.Of(batch, Sparkline.OfLast([.. _losses], BatchLine.Recent, terminal.Unicode), ProgressLine.Width));
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
        _epochs.Add(epoch);
        terminal.Notes.WriteLine(
            $"epoch {epoch.Epoch}: loss {Loss(epoch.TrainLoss)} train, {Loss(epoch.TestLoss)} test; "
            + $"acc {Figures.Percent(epoch.Accuracy)}, uar {Figures.Percent(epoch.Uar)}; {Figures.Number(epoch.Seconds, epoch.Seconds < 10 ? "0.0" : "0")} s"
            + (finished.Best ? ", best" : ""));
    }

    /// <summary>Tells how a training went as a whole, once it is over.</summary>
    private void TellCurves()
    {
        if (_epochs.Count > 1)
        {
            EpochResult least = _epochs.MinBy(epoch => epoch.TestLoss)!;
            terminal.Notes.WriteLine(Curve("train", epoch => epoch.TrainLoss));
            terminal.Notes.WriteLine(Curve("test ", epoch => epoch.TestLoss) + $", least {Loss(least.TestLoss)} in epoch {least.Epoch}");
        }

        if (_epochs.Count > 0)
        {
            double seconds = _epochs.Sum(epoch => epoch.Seconds), features = _epochs.Sum(epoch => epoch.Steps.Features);
            terminal.Notes.WriteLine(
                $"gpuser: {_epochs.Count} {(_epochs.Count == 1 ? "epoch" : "epochs")} in {Figures.Duration(TimeSpan.FromSeconds(seconds))}, {Figures.Percent(features / seconds)} of it waiting for features");
        }

        _epochs.Clear();
        _losses.Clear();
    }

    private string Curve(string name, Func<EpochResult, double> loss) =>
        $"gpuser: {name} loss {Loss(loss(_epochs[0]))} {Sparkline.OfAll([.. _epochs.Select(loss)], CurveWidth, terminal.Unicode)} {Loss(loss(_epochs[^1]))}";

    private static string Loss(double loss) => Figures.Number(loss, "0.0000");
}
