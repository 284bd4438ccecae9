using System.Diagnostics;
using GpuSer.IO;
using GpuSer.Training.Evaluation;
using GpuSer.Training.Models;
using GpuSer.Training.Optimisation;
using GpuSer.Training.Weights;

namespace GpuSer.Training.Runs;

/// <summary>
/// Saves a training while it runs. What cannot be saved is told and the training goes on: the file of before stays, and the next save tries again.
/// </summary>
internal sealed class RunKeeper(RunFolder run, Vgg network, IOptimiser optimiser, double minutes, IProgress<TrainEvent>? progress)
{
    private readonly Stopwatch _sinceCheckpoint = Stopwatch.StartNew();
    private InvalidFileException? _unsaved;

    /// <summary>Saves a checkpoint where it is time to.</summary>
    public void CheckpointIfDue(TrainingProgress now)
    {
        if (minutes > 0 && _sinceCheckpoint.Elapsed.TotalMinutes >= minutes)
        {
            Checkpoint(now);
        }
    }

    /// <summary>Saves a checkpoint.</summary>
    public void Checkpoint(TrainingProgress now)
    {
        Try(() => CheckpointFile.Save(run.Checkpoint, network, optimiser, now.ToJson()));
        _sinceCheckpoint.Restart();
    }

    /// <summary>Saves the best epoch so far. Where that fails it does not count as the best, so that a later one can.</summary>
    /// <returns>Whether it was saved.</returns>
    public bool SaveBest(EvaluationResult test) => Try(() => run.SaveBest(network, test));

    /// <summary>Saves an epoch's weights and line.</summary>
    public void SaveEpoch(IReadOnlyList<EpochResult> epochs)
    {
        if (Try(() =>
        {
            run.SaveLast(network);
            run.SaveResults(epochs);
        }))
        {
            _unsaved = null;
        }
    }

    /// <summary>Ends the run: from now on it is one that is done, and needs no checkpoint.</summary>
    /// <exception cref="RunNotSavedException">The last epoch could not be saved.</exception>
    public void Finish(TrainingProgress now)
    {
        if (_unsaved is not null)
        {
            SaveEpoch(now.Epochs);
        }

        if (_unsaved is null && now.BestEpoch > 0 && Try(() => AtomicFile.WriteText(run.Outcome, now.ToJson())))
        {
            File.Delete(run.Checkpoint);
            return;
        }

        throw new RunNotSavedException(_unsaved!);
    }

    private bool Try(Action save)
    {
        try
        {
            save();
            return true;
        }
        catch (InvalidFileException error)
        {
            _unsaved = error;
            progress?.Report(new SaveFailed(error.Message));
            return false;
        }
    }
}
