using System.Collections.Immutable;
using System.Text.Json.Serialization;
using GpuSer.Features;
using GpuSer.Features.Stft;

namespace GpuSer;

/// <summary>
/// What can be chosen about the image; everything else (22,050 Hz, frames of 2,048 samples every 512, 128 mel bands and so on) is
/// the recipe's, and is named by <see cref="RecipeVersion"/>.
/// </summary>
public sealed record FeatureOptions
{
    /// <summary>Names the formulas; two images of the same samples, options and version are alike.</summary>
    public const string RecipeVersion = "gpuser-1";

    /// <summary>Samples a second of every signal.</summary>
    public const int SampleRate = StftTables.SampleRate;

    /// <summary>Samples of a frame.</summary>
    public const int FftLength = StftTables.FftLength;

    /// <summary>Samples from one frame to the next.</summary>
    public const int HopLength = StftTables.HopLength;

    private static readonly ImmutableArray<FeatureBlock> DefaultOrder = [.. Enum.GetValues<FeatureBlock>()];

    /// <summary>The paper's image.</summary>
    public static FeatureOptions Default { get; } = new();

    /// <summary>The six blocks from the image's first row to its last; each exactly once.</summary>
    public ImmutableArray<FeatureBlock> Order { get; init; } = DefaultOrder;

    /// <summary>
    /// How a device makes the short-time Fourier transform: the same values within the device's tolerances. It changes nothing on the CPU,
    /// and weights do not record it: a file from one way is good for the other.
    /// </summary>
    [JsonIgnore]
    public StftMethod Stft { get; init; }

    /// <summary>
    /// How a device applies its filter banks: the same values within the device's tolerances. It changes nothing on the CPU, and weights do
    /// not record it: a file from one way is good for the other.
    /// </summary>
    [JsonIgnore]
    public FilterBankMethod FilterBank { get; init; }

    /// <summary>Checks every option.</summary>
    /// <exception cref="GpuSerException">Something is wrong; the message lists all of it.</exception>
    public void Validate()
    {
        if (Errors() is { Count: > 0 } errors)
        {
            throw new GpuSerException(string.Join("; ", errors));
        }
    }

    /// <summary>What is wrong with these options; empty where nothing is.</summary>
    public IReadOnlyList<string> Errors()
    {
        List<string> errors = [];
        ImmutableArray<FeatureBlock> order = Order.IsDefault ? [] : Order;
        foreach (FeatureBlock block in DefaultOrder)
        {
            int count = order.Count(other => other == block);
            if (count != 1)
            {
                errors.Add($"{block} is there {count} times instead of once");
            }
        }

        errors.AddRange(order.Where(block => !Enum.IsDefined(block)).Select(block => $"{(int)block} is no feature"));
        if (errors.Count > 0)
        {
            errors = [$"feature order: {string.Join("; ", errors)}"];
        }

        if (!Enum.IsDefined(Stft))
        {
            errors.Add($"stft: {(int)Stft} is no way to make it");
        }

        if (!Enum.IsDefined(FilterBank))
        {
            errors.Add($"filter bank: {(int)FilterBank} is no way to apply one");
        }

        return errors;
    }

    /// <summary>Equal orders and equal ways make equal options.</summary>
    public bool Equals(FeatureOptions? other) =>
        other is not null && Order.AsSpan().SequenceEqual(other.Order.AsSpan()) && Stft == other.Stft && FilterBank == other.FilterBank;

    /// <inheritdoc/>
    public override int GetHashCode() =>
        HashCode.Combine(Order.IsDefault ? 0 : Order.Aggregate(0, HashCode.Combine), Stft, FilterBank);
}
