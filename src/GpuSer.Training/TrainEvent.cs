using GpuSer.Training.Data;
using GpuSer.Training.Models;
using GpuSer.Training.Weights;

namespace GpuSer.Training;

/// <summary>Something that happened in a training.</summary>
public abstract record TrainEvent;

/// <summary>The data are read and the network is ready.</summary>
/// <param name="Model">What is trained.</param>
/// <param name="Parameters">Number of its parameters.</param>
/// <param name="Split">What is trained on and tested with.</param>
/// <param name="BadFiles">Files that are left out.</param>
/// <param name="LearningRate">Adam's step size.</param>
/// <param name="Weights">What became of the weights file; null where the network begins with random weights.</param>
public sealed record TrainStarted(
    ModelDescription Model, long Parameters, Split Split, IReadOnlyList<BadFile> BadFiles, double LearningRate, WeightsReport? Weights) : TrainEvent;

/// <summary>A training step was made.</summary>
/// <param name="Epoch">Epoch, from 1.</param>
/// <param name="Epochs">How many there are.</param>
/// <param name="Batch">Batch in the epoch, from 1.</param>
/// <param name="Batches">How many there are.</param>
/// <param name="Loss">Mean training loss of the epoch so far.</param>
/// <param name="Accuracy">Training accuracy of the epoch so far.</param>
/// <param name="TimeLeft">Estimate until the whole training ends.</param>
/// <param name="StepLoss">Loss of this step alone.</param>
/// <param name="UtterancesPerSecond">Utterances a second in the epoch so far, their features and augmentation included.</param>
public sealed record BatchTrained(
    int Epoch, int Epochs, int Batch, int Batches, double Loss, double Accuracy, TimeSpan TimeLeft, double StepLoss, double UtterancesPerSecond) : TrainEvent;

/// <summary>A recording of the test part was judged.</summary>
/// <param name="Epoch">Epoch, from 1.</param>
/// <param name="Epochs">How many there are.</param>
/// <param name="Share">Share of the test part that is done, up to 1.</param>
public sealed record TestProgress(int Epoch, int Epochs, double Share) : TrainEvent;

/// <summary>Something could not be saved; the training goes on, and the file of before stays.</summary>
/// <param name="Reason">Which file, and why.</param>
public sealed record SaveFailed(string Reason) : TrainEvent;

/// <summary>A checkpoint was saved.</summary>
/// <param name="Path">The file.</param>
/// <param name="Epoch">It goes on in this epoch, from 1.</param>
/// <param name="Batch">After so many of its batches.</param>
public sealed record CheckpointSaved(string Path, int Epoch, int Batch) : TrainEvent;

/// <summary>A training that was interrupted goes on.</summary>
/// <param name="Epoch">In this epoch, from 1.</param>
/// <param name="Batch">After so many of its batches.</param>
public sealed record TrainResumed(int Epoch, int Batch) : TrainEvent;

/// <summary>An epoch was trained, tested and saved.</summary>
/// <param name="Result">Its figures.</param>
/// <param name="Best">Whether it is the best so far.</param>
/// <param name="TimeLeft">Estimate until the whole training ends.</param>
public sealed record EpochFinished(EpochResult Result, bool Best, TimeSpan TimeLeft) : TrainEvent;

/// <summary>Figures of an epoch.</summary>
/// <param name="Epoch">Epoch, from 1.</param>
/// <param name="TrainLoss">Mean loss of the training utterances, as CutMix mixed them.</param>
/// <param name="TrainAccuracy">Share of right training predictions, a mixed image counting by its shares.</param>
/// <param name="TestLoss">Mean cross entropy of the test utterances.</param>
/// <param name="Accuracy">Share of right test predictions.</param>
/// <param name="Uar">Unweighted average recall of the test.</param>
/// <param name="MacroF1">Macro F1 of the test.</param>
/// <param name="Seconds">Duration of the epoch with its test.</param>
/// <param name="Steps">Where the time of its training steps went.</param>
/// <param name="TestSeconds">Duration of the test.</param>
public sealed record EpochResult(
    int Epoch,
    double TrainLoss,
    double TrainAccuracy,
    double TestLoss,
    double Accuracy,
    double Uar,
    double MacroF1,
    double Seconds,
    StepTimings Steps,
    double TestSeconds);
