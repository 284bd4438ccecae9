namespace GpuSer.Training.Experiments;

/// <summary>One of the six models of the paper's ablation (table 2): the complete one, and five that leave something out of it.</summary>
/// <param name="Name">Its letter.</param>
/// <param name="LeavesOut">What it leaves out.</param>
/// <param name="PaperAccuracy">Accuracy on EMO-DB in the paper, from 0 to 1; null where the figure is not known with certainty.</param>
internal sealed record ModelPreset(string Name, string LeavesOut, double? PaperAccuracy)
{
    private Func<TrainOptions, TrainOptions> Change { get; init; } = options => options;

    /// <summary>Nothing is left out.</summary>
    public static ModelPreset A { get; } = new("A", "nothing", 0.8773);

    /// <summary>VGG-16 instead of VGG-16-BN.</summary>
    public static ModelPreset B { get; } = new("B", "batch normalisation", null)
    {
        Change = options => options with { Network = options.Network with { BatchNorm = false } },
    };

    /// <summary>Images are not mixed.</summary>
    public static ModelPreset C { get; } = new("C", "CutMix", null) { Change = options => options with { CutMixAlpha = 0 } };

    /// <summary>Signals are not varied.</summary>
    public static ModelPreset D { get; } = new("D", "signal augmentation", null) { Change = options => options with { Augmentation = null } };

    /// <summary>Neither images nor signals are.</summary>
    public static ModelPreset E { get; } = new("E", "CutMix and signal augmentation", null)
    {
        Change = options => options with { CutMixAlpha = 0, Augmentation = null },
    };

    /// <summary>Each utterance at its own length: see <see cref="UnpaddedBatches"/>.</summary>
    public static ModelPreset F { get; } = new("F", "mini-batch padding", null) { Change = options => options with { PadBatches = false } };

    /// <summary>All six, in the paper's order.</summary>
    public static IReadOnlyList<ModelPreset> All { get; } = [A, B, C, D, E, F];

    /// <summary>The model of a letter, large or small; null where there is none.</summary>
    public static ModelPreset? Find(string name) => All.FirstOrDefault(preset => preset.Name.Equals(name, StringComparison.OrdinalIgnoreCase));

    /// <summary>Takes out of options what this model leaves out; everything else stays as it is.</summary>
    public TrainOptions Apply(TrainOptions complete) => Change(complete);
}
