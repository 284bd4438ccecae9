using System.Runtime.InteropServices;
using GpuSer.Randomness;

namespace GpuSer.Audio;

/// <summary>What is done to one signal: change of speed, circular shift, additive noise, gain, in this order.</summary>
/// <param name="Step">Source samples from one sample to the next, times 2^32: the speed.</param>
/// <param name="Length">Samples after the change of speed.</param>
/// <param name="Shift">Samples that the signal is moved towards its end, the last becoming the first. In [0, Length).</param>
/// <param name="Noise">Root mean square of the noise over that of the signal; 0 for none.</param>
/// <param name="Gain">Factor on everything.</param>
/// <param name="Signal">Number of the signal, which its noise is drawn by.</param>
/// <remarks>
/// Signals are resampled by a sinc of 16 samples under a Kaiser window, given at 256 fractions of a sample and interpolated linearly
/// between them; nothing is filtered out, so that at higher speeds what is above the new Nyquist frequency (at least 10 kHz at 1.1
/// times) folds down. The noise is the sum of eight uniform values, nearly normal and white, drawn by Philox from the sample's number.
/// <see cref="Apply"/> and the kernel <c>gpuser_augment_f32</c> round alike at each step and give equal values.
/// </remarks>
[StructLayout(LayoutKind.Sequential)]
internal readonly record struct SignalAugmentation(ulong Step, int Length, int Shift, float Noise, float Gain, uint Signal)
{
    private const uint NoiseStream = 101;
    private const ulong One = 1UL << 32;

    // The energy of a signal is summed in whole units, so that the sum is exact in any order.
    private const float EnergyUnits = 68719476736; // 2^36
    private const float EnergyUnit = 1 / EnergyUnits;
    private const float Largest = 2;

    private const int NormalMean = 8 * 65535 / 2;
    private const float NormalScale = 1.86881243e-05f; // sqrt(12 / (8 (2^32 - 1)))

    /// <summary>Nothing changed.</summary>
    /// <param name="length">Samples of the signal.</param>
    public static SignalAugmentation None(int length) => new(One, length, 0, 0, 1, 0);

    /// <summary>Changes a signal.</summary>
    /// <param name="samples">The signal that this was drawn for. [n, at least 1]</param>
    /// <param name="seed">The run's seed.</param>
    /// <param name="index">Which draw.</param>
    /// <param name="destination">Where to write; not the signal itself. [Length]</param>
    /// <exception cref="ArgumentException">A length does not fit.</exception>
    public void Apply(ReadOnlySpan<float> samples, ulong seed, uint index, Span<float> destination)
    {
        if (destination.Length != Length || samples.IsEmpty)
            throw new ArgumentException($"{samples.Length} samples augmented to {Length} do not fit {destination.Length}", nameof(destination));
        float deviation = Noise > 0 ? Noise * MathF.Sqrt(Energy(samples) * EnergyUnit / samples.Length) : 0;
        for (int i = 0; i < destination.Length; i++)
        {
            int unshifted = i - Shift + (i < Shift ? Length : 0);
            float value = Step == One ? samples[unshifted] : Resampled(samples, (ulong)unshifted * Step);
            if (deviation > 0)
                value = MathF.FusedMultiplyAdd(deviation, Normal((uint)i, seed, index), value);
            destination[i] = Gain * value;
        }
    }

    /// <summary>
    /// Sum of squares in units of 2^-36, magnitudes above 2 as 2: whole numbers, so that the order of the sums does not matter. Room
    /// for 33 million samples of magnitude 2.
    /// </summary>
    public static long Energy(ReadOnlySpan<float> samples)
    {
        long energy = 0;
        foreach (float sample in samples)
        {
            float size = Math.Min(Math.Abs(sample), Largest);
            energy += (long)(size * size * EnergyUnits);
        }

        return energy;
    }

    private static float Resampled(ReadOnlySpan<float> samples, ulong at)
    {
        int first = (int)(at >> 32) - SincTable.Before;
        uint fraction = (uint)at;
        ReadOnlySpan<float> taps = SincTable.Values.AsSpan((int)(fraction >> 24) * 2 * SincTable.Taps, 2 * SincTable.Taps);
        float rest = (fraction & 0xffffff) * (1f / (1 << 24));
        float sum = 0;
        for (int k = 0; k < SincTable.Taps; k++)
        {
            int source = first + k;
            float sample = (uint)source < (uint)samples.Length ? samples[source] : 0;
            sum = MathF.FusedMultiplyAdd(MathF.FusedMultiplyAdd(rest, taps[(2 * k) + 1], taps[2 * k]), sample, sum);
        }

        return sum;
    }

    private float Normal(uint sample, ulong seed, uint index)
    {
        Span<uint> words = [sample, Signal, index, NoiseStream];
        Philox4x32.Rounds(words, seed);
        int sum = -NormalMean;
        foreach (uint word in words)
            sum += (int)((word & 0xffff) + (word >> 16));
        return sum * NormalScale;
    }
}
