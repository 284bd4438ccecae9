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
    private InvalidFileException? _failure;
    private bool _epochIsUnsaved, _testIsUnsaved;

    /// <summary>Saves a checkpoint where it is time to.</summary>
    public void CheckpointIfDue(TrainingProgress now)
    {
        if (minutes > 0 && _sinceCheckpoint.Elapsed.TotalMinutes >= minutes)
        {
            Checkpoint(now);
        }
    }

    /// <summary>Saves a checkpoint.</summary>
    /// <returns>Whether it was saved.</returns>
    public bool Checkpoint(TrainingProgress now)
    {
        bool saved = Try(() => CheckpointFile.Save(run.Checkpoint, network, optimiser, now.ToJson()));
        _sinceCheckpoint.Restart();
        if (saved)
        {
            progress?.Report(new CheckpointSaved(run.Checkpoint, now.Epoch, now.Batch));
        }

        return saved;
    }

    /// <summary>Saves the best epoch so far. Where its weights cannot be saved it does not count as the best, so that a later one can.</summary>
    /// <returns>Whether they were saved.</returns>
    public bool SaveBest(EvaluationResult test)
    {
        if (!Try(() => run.SaveBest(network)))
        {
            return false;
        }

        _testIsUnsaved = !Try(() => run.SaveTest(test));
        return true;
    }

    /// <summary>
    /// Saves an epoch's line and weights. The line comes first: weights take long to write, and where the process ends meanwhile the tables of a new best epoch
    /// would be there without its line.
    /// </summary>
    public void SaveEpoch(IReadOnlyList<EpochResult> epochs)
    {
        bool results = Try(() => run.SaveResults(epochs));
        _epochIsUnsaved = !Try(() => run.SaveLast(network)) || !results;
    }

    /// <summary>Ends the run: from now on it is one that is done, and needs no checkpoint. What could not be saved before is tried once more.</summary>
    /// <exception cref="RunNotSavedException">The last epoch, or any best one, could not be saved.</exception>
    public void Finish(TrainingProgress now)
    {
        if (_epochIsUnsaved)
        {
            SaveEpoch(now.Epochs);
        }

        if (_testIsUnsaved)
        {
            _testIsUnsaved = !Try(() => run.SaveTest(now.ToResult(run).BestTest));
        }

        if (_epochIsUnsaved || _testIsUnsaved || now.BestEpoch == 0 || !Try(() => AtomicFile.WriteText(run.Outcome, now.ToJson())))
        {
            throw NotSaved();
        }

        Try(() => AtomicFile.Remove(run.Checkpoint));
    }

    /// <summary>The error of a run whose last save failed.</summary>
    public RunNotSavedException NotSaved() => new(_failure!);

    private bool Try(Action save)
    {
        try
        {
            save();
            return true;
        }
        catch (InvalidFileException error)
        {
            _failure = error;
            progress?.Report(new SaveFailed(error.Message));
            return false;
        }
    }
}
