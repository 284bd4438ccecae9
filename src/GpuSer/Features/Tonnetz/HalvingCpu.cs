using System.Numerics;

namespace GpuSer.Features.Tonnetz;

/// <summary>Takes signals to half their rate. Even and odd samples are parted first, so that neighbouring outputs read neighbouring samples.</summary>
internal sealed unsafe class HalvingCpu
{
    private const int Block = 4;

    // Outputs read samples Centre before and after them; in each half of them, that is so many places before.
    private const int OddLead = (HalvingTables.Centre + 1) / 2;
    private const int EvenLead = HalvingTables.Centre / 2;

    private static readonly float[] OddTaps = [.. HalvingTables.Filter.Where((_, k) => k % 2 == 0)];
    private static readonly float[] EvenTaps = [.. HalvingTables.Filter.Where((_, k) => k % 2 != 0)];

    private readonly Scratch _scratch = new();

    /// <summary>
    /// Halves a signal: <c>y[n] = sum h[k] x[2 n + k - 191]</c>, n under <c>ceil(length / 2)</c>; samples outside are zeros.
    /// </summary>
    /// <param name="signal">Samples. (length)</param>
    /// <param name="length">How many.</param>
    /// <param name="half">Where to write; up to <see cref="Slack"/> floats after the last are overwritten.</param>
    public void Run(float* signal, int length, float* half)
    {
        int outputs = (length + 1) / 2, padded = outputs + Slack + HalvingTables.Taps + 1;
        float* even = _scratch.Reserve(2L * padded), odd = even + padded;
        new Span<float>(even, 2 * padded).Clear();
        Split(signal, length, even + OddLead, odd + OddLead);
        int step = Block * Vector<float>.Count;
        for (int n = 0; n < outputs; n += step)
        {
            Vector<float> a = default, b = default, c = default, d = default;
            Correlate(odd + n, OddTaps, ref a, ref b, ref c, ref d);
            Correlate(even + n + OddLead - EvenLead, EvenTaps, ref a, ref b, ref c, ref d);
            a.Store(half + n);
            b.Store(half + n + Vector<float>.Count);
            c.Store(half + n + (2 * Vector<float>.Count));
            d.Store(half + n + (3 * Vector<float>.Count));
        }
    }

    /// <summary>Floats after the last output that may be overwritten.</summary>
    public static int Slack => Block * Vector<float>.Count;

    private static void Split(float* signal, int length, float* even, float* odd)
    {
        for (int n = 0; n < length / 2; n++)
        {
            even[n] = signal[2 * n];
            odd[n] = signal[(2 * n) + 1];
        }

        if (length % 2 != 0)
        {
            even[length / 2] = signal[length - 1];
        }
    }

    private static void Correlate(
        float* samples, float[] taps, ref Vector<float> a, ref Vector<float> b, ref Vector<float> c, ref Vector<float> d)
    {
        Vector<float> s0 = a, s1 = b, s2 = c, s3 = d;
        for (int k = 0; k < taps.Length; k++, samples++)
        {
            Vector<float> tap = new(taps[k]);
            s0 = Vector.FusedMultiplyAdd(Vector.Load(samples), tap, s0);
            s1 = Vector.FusedMultiplyAdd(Vector.Load(samples + Vector<float>.Count), tap, s1);
            s2 = Vector.FusedMultiplyAdd(Vector.Load(samples + (2 * Vector<float>.Count)), tap, s2);
            s3 = Vector.FusedMultiplyAdd(Vector.Load(samples + (3 * Vector<float>.Count)), tap, s3);
        }

        (a, b, c, d) = (s0, s1, s2, s3);
    }
}
