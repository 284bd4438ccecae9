using GpuSer.Features.Stft;

namespace GpuSer.Audio;

/// <summary>Brings the signals of a batch to one length by reflection at both ends.</summary>
public static class BatchPadding
{
    private const int Cut = 10;
    private const int LeastFrames = 32;

    /// <summary>
    /// The length of every padded signal of a batch, in samples: ten under its longest, and at least as many as VGG's 32 frames need.
    /// </summary>
    /// <param name="longest">Samples of the longest signal.</param>
    public static int PaddedLength(int longest)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(longest, 1);
        return Math.Max(longest - Cut, (LeastFrames - 1) * StftTables.HopLength);
    }

    /// <summary>
    /// Puts a signal into the middle of <paramref name="destination"/> and fills both sides by reflection without repeating the edge, as
    /// often as needed: with M ten more than the destination's length, <c>ceil((M - n) / 2)</c> samples go before it. A signal of one
    /// sample has nothing to reflect and is repeated.
    /// </summary>
    /// <param name="signal">Samples. [n, 1 to M]</param>
    /// <param name="destination">Where to write; every element is written. [M - 10]</param>
    /// <exception cref="ArgumentException">The signal is empty, or longer than M.</exception>
    public static void ReflectPad(ReadOnlySpan<float> signal, Span<float> destination)
    {
        int length = destination.Length + Cut;
        if (signal.IsEmpty || signal.Length > length)
        {
            throw new ArgumentException($"{signal.Length} samples cannot be padded to {destination.Length}", nameof(signal));
        }

        int before = (length - signal.Length + 1) / 2;
        int period = Math.Max(1, 2 * (signal.Length - 1));
        int phase = (period - (before % period)) % period;
        for (int i = 0; i < destination.Length; i++)
        {
            destination[i] = signal[phase < signal.Length ? phase : period - phase];
            phase = phase + 1 == period ? 0 : phase + 1;
        }
    }
}
