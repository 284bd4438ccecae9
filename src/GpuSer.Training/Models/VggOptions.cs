namespace GpuSer.Training.Models;

/// <summary>The shape of a VGG-16 (configuration D of Simonyan and Zisserman 2015).</summary>
public sealed record VggOptions
{
    /// <summary>Width of a full VGG-16's hidden layers.</summary>
    private const int FullHidden = 4096;

    /// <summary>Number of classes.</summary>
    public int Classes { get; init; } = 7;

    /// <summary>The convolutions have 64 / this .. 512 / this channels: a power of two up to 64.</summary>
    public int WidthDivisor { get; init; } = 1;

    /// <summary>Width of the two hidden layers; null for 4096 / <see cref="WidthDivisor"/>.</summary>
    public int? Hidden { get; init; }

    /// <summary>Probability with which a hidden unit is dropped in training, in [0, 1).</summary>
    public double Dropout { get; init; } = 0.5;

    /// <summary>Whether a batch normalisation follows each convolution (VGG-16-BN) or not (VGG-16).</summary>
    public bool BatchNorm { get; init; } = true;

    /// <summary>The network's name, for people.</summary>
    public string Name() => (BatchNorm ? "VGG-16-BN" : "VGG-16") + (WidthDivisor == 1 ? string.Empty : $", width 1/{WidthDivisor}");

    /// <summary>Width of the two hidden layers.</summary>
    public int HiddenWidth() => Hidden ?? FullHidden / WidthDivisor;

    /// <summary>What is wrong with these options; empty where nothing is.</summary>
    public IReadOnlyList<string> Errors() => new OptionErrors()
        .Require(Classes >= 2, $"a network needs at least 2 classes, not {Classes}")
        .Require(WidthDivisor is >= 1 and <= 64 && (WidthDivisor & (WidthDivisor - 1)) == 0,
            $"the width divisor must be a power of two from 1 to 64, not {WidthDivisor}")
        .Require(Hidden is null or > 0, $"the hidden layers need at least 1 unit, not {Hidden}")
        .Require(Dropout is >= 0 and < 1, $"the dropout must be at least 0 and less than 1, not {Dropout}")
        .List;
}
