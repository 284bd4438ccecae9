using GpuSer.Training.Data;
using GpuSer.Training.Models;
using GpuSer.Training.Weights;

namespace GpuSer.Training.Planning;

/// <summary>Recordings of a class, by part.</summary>
/// <param name="Label">The class.</param>
/// <param name="Train">To train on.</param>
/// <param name="Test">To test with.</param>
internal sealed record ClassCount(string Label, int Train, int Test);

/// <summary>An image's size.</summary>
/// <param name="Seconds">Voiced seconds of the recording, cropped as in training.</param>
/// <param name="Frames">Its frames: the network sees (3, frames, 230).</param>
internal sealed record ImageSize(double Seconds, int Frames);

/// <summary>Time of a training: a step and a test that were made, and what they come to. In seconds.</summary>
/// <param name="Step">The first batch's step, measured: features, forward, backward, Adam.</param>
/// <param name="StepImages">Images of that batch.</param>
/// <param name="StepFrames">Frames of each.</param>
/// <param name="TestRecording">Judging the first test recording, measured.</param>
/// <param name="Steps">Steps of an epoch.</param>
/// <param name="Epoch">An epoch with its test, predicted: the measured times by images x frames of the first epoch's batches, Adam's by steps.</param>
/// <param name="Total">All epochs of all trainings, predicted.</param>
internal sealed record DryRunTime(StepTimings Step, int StepImages, int StepFrames, double TestRecording, int Steps, double Epoch, double Total);

/// <summary>What a training would be.</summary>
internal sealed record DryRunReport
{
    /// <summary>The network.</summary>
    public required VggOptions Network { get; init; }

    /// <summary>Number of its parameters.</summary>
    public required long Parameters { get; init; }

    /// <summary>Number of those that are trained.</summary>
    public required long Trained { get; init; }

    /// <summary>What became of the weights file; null where the network begins with random weights.</summary>
    public required WeightsReport? Weights { get; init; }

    /// <summary>How many trainings there would be: one a fold.</summary>
    public required int Trainings { get; init; }

    /// <summary>The first one's split.</summary>
    public required Split Split { get; init; }

    /// <summary>Its recordings by class.</summary>
    public required IReadOnlyList<ClassCount> Classes { get; init; }

    /// <summary>Recordings that are left out.</summary>
    public required IReadOnlyList<BadFile> BadFiles { get; init; }

    /// <summary>The longest recording's image.</summary>
    public required ImageSize Longest { get; init; }

    /// <summary>The image of the recording of median length.</summary>
    public required ImageSize Median { get; init; }

    /// <summary>Images of the first epoch's largest batch.</summary>
    public required int LargestImages { get; init; }

    /// <summary>Frames of each of them.</summary>
    public required int LargestFrames { get; init; }

    /// <summary>Loss of the one step.</summary>
    public required double Loss { get; init; }

    /// <summary>Memory, predicted.</summary>
    public required TrainingMemory Memory { get; init; }

    /// <summary>
    /// The process's largest resident memory, in bytes, measured: with the runtime and the libraries, but of the first batch and not of the largest.
    /// Null on a GPU, which has memory of its own.
    /// </summary>
    public required long? PeakBytes { get; init; }

    /// <summary>Time.</summary>
    public required DryRunTime Time { get; init; }
}
