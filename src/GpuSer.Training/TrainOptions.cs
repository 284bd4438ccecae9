using GpuSer.Audio;
using GpuSer.Training.Models;
using GpuSer.Training.Optimisation;
using GpuSer.Training.Weights;

namespace GpuSer.Training;

/// <summary>How a network is trained; the defaults are the paper's.</summary>
public sealed record TrainOptions
{
    /// <summary>Adam's step size over pretrained weights.</summary>
    public const double PretrainedRate = 1e-5;

    /// <summary>Adam's step size from random weights.</summary>
    public const double RandomRate = 1e-4;

    /// <summary>Passes over the training part.</summary>
    public int Epochs { get; init; } = 40;

    /// <summary>Utterances a step.</summary>
    public int Batch { get; init; } = 16;

    /// <summary>Adam's step size; null for <see cref="PretrainedRate"/> with <see cref="Weights"/> and <see cref="RandomRate"/> without.</summary>
    public double? LearningRate { get; init; }

    /// <summary>How the step size goes over the training.</summary>
    public LearningRateSchedule Schedule { get; init; }

    /// <summary>The most that the 2-norm of all gradients together may be: larger ones are scaled down to it; null for no bound.</summary>
    public double? MaxGradientNorm { get; init; }

    /// <summary>Epochs without a better test after which the training ends; null for none.</summary>
    public int? Patience { get; init; }

    /// <summary>Whether the convolutional layers stay as they are, the statistics of their batch normalisation too, and the classifier alone is trained.</summary>
    public bool FreezeFeatures { get; init; }

    /// <summary>Minutes between two checkpoints; one is written after each epoch besides. 0 for after epochs alone.</summary>
    public double CheckpointMinutes { get; init; } = 10;

    /// <summary>Parameter of CutMix's Beta distribution; 0 for no CutMix.</summary>
    public double CutMixAlpha { get; init; } = 0.4;

    /// <summary>How signals are varied before their features are computed; null for not at all.</summary>
    public AugmentationOptions? Augmentation { get; init; } = new();

    /// <summary>
    /// Whether the signals of a batch are padded to one length and go through the network together; false for each at its own length, at least
    /// VGG's 32 frames. See <see cref="UnpaddedBatches"/> for how a batch is formed then.
    /// </summary>
    public bool PadBatches { get; init; } = true;

    /// <summary>What images hold, and in which order.</summary>
    public FeatureOptions Features { get; init; } = FeatureOptions.Default;

    /// <summary>Seed of everything random: with the same seed, on the same machine, a run is the same to the last digit.</summary>
    public long Seed { get; init; } = 1;

    /// <summary>How many utterances to use, drawn with each class's share; null for all.</summary>
    public int? Limit { get; init; }

    /// <summary>Voiced seconds of a recording that a step sees at most; of longer ones a random part, another in each epoch.</summary>
    public double MaxSeconds { get; init; } = 10;

    /// <summary>Speakers whose recordings are held out; empty for a stratified share of all.</summary>
    public IReadOnlyList<string> TestSpeakers { get; init; } = [];

    /// <summary>Pretrained weights for the feature layers, of any format that <see cref="WeightsFile.Open"/> reads; null for random weights.</summary>
    public string? Weights { get; init; }

    /// <summary>The network; its number of classes is taken from the corpus.</summary>
    public VggOptions Network { get; init; } = new();

    /// <summary>How the classifier's fresh weights are drawn.</summary>
    public ClassifierInitialisation Initialisation { get; init; } = ClassifierInitialisation.He;

    /// <summary>Folder where the CPU keeps the test recordings' images from epoch to epoch and run to run; null for none.</summary>
    public string? Cache { get; init; }

    /// <summary>Threads of torch and of the features; 0 for one a core.</summary>
    public int Threads { get; init; }

    /// <summary>The step size that these options come to.</summary>
    public double Rate() => LearningRate ?? (Weights is null ? RandomRate : PretrainedRate);

    /// <summary>Samples that <see cref="MaxSeconds"/> leaves of a recording; at least one.</summary>
    internal int LongestCrop() => (int)Math.Clamp(MaxSeconds * FeatureOptions.SampleRate, 1, int.MaxValue);

    /// <summary>What is wrong with these options; empty where nothing is.</summary>
    public IReadOnlyList<string> Errors() => new OptionErrors()
        .Require(Epochs >= 1, $"the number of epochs must be at least 1, not {Epochs}")
        .Require(Batch >= 1, $"the batch must be at least 1, not {Batch}")
        .Require(double.IsFinite(CutMixAlpha) && CutMixAlpha >= 0, $"CutMix's alpha must be 0 (off) or positive, not {CutMixAlpha}")
        .Require(Limit is null or >= 2, $"the limit must leave at least 2 recordings, not {Limit}")
        .Require(double.IsFinite(MaxSeconds) && MaxSeconds > 0, $"the longest recording must be of more than 0 seconds, not {MaxSeconds}")
        .Require(Enum.IsDefined(Schedule), $"{(int)Schedule} is no schedule of the learning rate")
        .Require(MaxGradientNorm is null or (> 0 and < double.PositiveInfinity), $"the bound of the gradients' norm must be positive, not {MaxGradientNorm}")
        .Require(Patience is null or >= 1, $"the patience must be at least 1 epoch, not {Patience}")
        .Require(CheckpointMinutes is >= 0 and < double.PositiveInfinity, $"the minutes between checkpoints cannot be {CheckpointMinutes}")
        .Require(Threads >= 0, $"the number of threads cannot be {Threads}")
        .Include(new AdamOptions { LearningRate = Rate() }.Errors())
        .Include(Augmentation?.Errors() ?? [])
        .Include(Features.Errors())
        .Include(Network.Errors())
        .List;
}
