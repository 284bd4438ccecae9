namespace GpuSer.Training.Reports;

/// <summary>
/// Writes a training's figures for TensorBoard while it runs, an event an epoch, into the run's folder (<c>tensorboard --logdir runs</c> finds them), and passes
/// everything on. A run that is resumed goes on with its file. What cannot be written is told, and the training goes on.
/// </summary>
/// <param name="folder">The training's folder; runs of a plan have one below it each.</param>
/// <param name="next">Who is told besides.</param>
internal sealed class TensorBoardProgress(string folder, IProgress<TrainEvent>? next = null) : IProgress<TrainEvent>, IDisposable
{
    private string? _fold;
    private EventFile? _events;

    /// <inheritdoc/>
    public void Report(TrainEvent value)
    {
        next?.Report(value);
        try
        {
            switch (value)
            {
                case FoldStarted fold:
                    Dispose();
                    _fold = fold.Planned.Name;
                    break;
                case EpochFinished finished:
                    Append(finished.Result);
                    break;
            }
        }
        catch (GpuSerException error)
        {
            Dispose();
            next?.Report(new SaveFailed(error.Message));
        }
    }

    /// <summary>Closes the file.</summary>
    public void Dispose()
    {
        _events?.Dispose();
        _events = null;
    }

    private void Append(EpochResult epoch)
    {
        _events ??= EventFile.Open(_fold is null ? folder : Path.Combine(folder, _fold));
        // An epoch that was written before a crash and trained again after it gave the same figures.
        if (epoch.Epoch > _events.LastStep)
        {
            _events.Append(
                epoch.Epoch,
                ("loss/train", epoch.TrainLoss), ("loss/test", epoch.TestLoss),
                ("accuracy/train", epoch.TrainAccuracy), ("accuracy/test", epoch.Accuracy),
                ("uar/test", epoch.Uar), ("macro_f1/test", epoch.MacroF1), ("seconds/epoch", epoch.Seconds));
        }
    }
}
