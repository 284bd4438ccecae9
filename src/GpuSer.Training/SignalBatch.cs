using GpuSer.Audio;

namespace GpuSer.Training;

/// <summary>Signals whose images are made together, padded to their longest.</summary>
/// <param name="Signals">Voiced samples at 22,050 Hz, at least one of each.</param>
internal record SignalBatch(IReadOnlyList<ReadOnlyMemory<float>> Signals)
{
    /// <summary>What is done to the signals before they are padded; null for nothing.</summary>
    public BatchAugmentation? Augmentation { get; init; }

    /// <summary>Whether the signals are whole recordings as they are, whose images may be asked for again.</summary>
    public bool Whole { get; init; }

    /// <summary>Samples of each padded signal.</summary>
    public int PaddedLength => BatchPadding.PaddedLength(
        Augmentation is { } draws ? draws.Signals.Max(draw => draw.Length) : Signals.Max(signal => signal.Length));
}

/// <summary>How each signal of a batch is augmented.</summary>
/// <param name="Signals">What is done to each. [length = batch]</param>
/// <param name="Seed">The run's seed.</param>
/// <param name="Index">Which draw: the number of the epoch.</param>
internal sealed record BatchAugmentation(IReadOnlyList<SignalAugmentation> Signals, ulong Seed, uint Index);
