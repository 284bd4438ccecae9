using GpuSer.Randomness;

namespace GpuSer.Audio;

/// <summary>
/// How recordings are varied in training: additive noise, gain, circular shift and speed, each drawn on its own. The paper names these
/// without figures; the defaults are ours.
/// </summary>
public sealed record AugmentationOptions
{
    // Fourth word of the counters that parameters are drawn from; the noise has 101 (kernels/signal/augment.cu).
    private const uint ParameterStream = 100;
    private const double Words = 4294967296;

    /// <summary>Probability of each of the four. In [0, 1].</summary>
    public double Probability { get; init; } = 0.5;

    /// <summary>Lowest ratio of signal to noise, in decibels. In [0, <see cref="HighestNoiseRatio"/>].</summary>
    public double LowestNoiseRatio { get; init; } = 15;

    /// <summary>Highest ratio of signal to noise, in decibels. Up to 120.</summary>
    public double HighestNoiseRatio { get; init; } = 30;

    /// <summary>Largest gain up or down, in decibels. In [0, 60].</summary>
    public double LargestGain { get; init; } = 6;

    /// <summary>Largest circular shift either way, in parts of the signal. In [0, 0.5].</summary>
    public double LargestShift { get; init; } = 0.1;

    /// <summary>Largest change of speed up or down; 0.1 is 0.9 to 1.1 times. In [0, 0.5].</summary>
    public double LargestSpeedChange { get; init; } = 0.1;

    /// <summary>What is wrong with these options; empty where nothing is.</summary>
    public IReadOnlyList<string> Errors()
    {
        List<string> errors = [];
        Check(Probability, 0, 1, "probability");
        Check(LowestNoiseRatio, 0, HighestNoiseRatio, "lowest signal-to-noise ratio");
        Check(HighestNoiseRatio, 0, 120, "highest signal-to-noise ratio");
        Check(LargestGain, 0, 60, "largest gain");
        Check(LargestShift, 0, 0.5, "largest shift");
        Check(LargestSpeedChange, 0, 0.5, "largest change of speed");
        return errors;

        void Check(double value, double least, double most, string name)
        {
            if (!(value >= least && value <= most))
                errors.Add(FormattableString.Invariant($"augmentation: {name} is {value}, not from {least} to {most}"));
        }
    }

    /// <summary>Draws what is to be done to one signal; the same arguments give the same draw.</summary>
    /// <param name="seed">The run's seed.</param>
    /// <param name="index">Which draw, for example the number of the step.</param>
    /// <param name="signal">Number of the signal.</param>
    /// <param name="length">Its samples, at least 1.</param>
    internal SignalAugmentation Draw(ulong seed, uint index, uint signal, int length)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(length, 1);
        Span<uint> words = [0, signal, index, ParameterStream, 1, signal, index, ParameterStream];
        Philox4x32.Rounds(words[..4], seed);
        Philox4x32.Rounds(words[4..], seed);
        // Words in pairs: whether, and how much.
        double speed = Pick(words, 0, 1 - LargestSpeedChange, 1 + LargestSpeedChange, 1);
        double shift = Pick(words, 2, -LargestShift, LargestShift, 0);
        double ratio = Pick(words, 4, LowestNoiseRatio, HighestNoiseRatio, double.PositiveInfinity);
        double gain = Pick(words, 6, -LargestGain, LargestGain, 0);

        ulong step = (ulong)(speed * Words);
        int samples = checked((int)((((ulong)(length - 1) << 32) / step) + 1));
        int shifted = (int)Math.Round(shift * samples);
        return new SignalAugmentation(
            step,
            samples,
            shifted < 0 ? shifted + samples : shifted,
            (float)Math.Pow(10, -ratio / 20),
            (float)Math.Pow(10, gain / 20),
            signal);
    }

    private double Pick(ReadOnlySpan<uint> words, int at, double least, double most, double unchanged) =>
        words[at] / Words < Probability ? least + ((most - least) * (words[at + 1] / Words)) : unchanged;
}
