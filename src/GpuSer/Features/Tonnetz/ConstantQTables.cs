using GpuSer.Features.Chroma;
using GpuSer.Features.Stft;

namespace GpuSer.Features.Tonnetz;

/// <summary>Complex filters over the bins of a spectrum, each zero outside one range.</summary>
/// <param name="First">First bin of each filter's range. [36]</param>
/// <param name="Offset">Where each range begins in the weights, and the end of the last. [37]</param>
/// <param name="Re">Real parts, one range after the other.</param>
/// <param name="Im">Imaginary parts.</param>
internal sealed record ConstantQBank(int[] First, int[] Offset, float[] Re, float[] Im)
{
    /// <summary>The first bin that any filter reads.</summary>
    public int FirstBin { get; } = First.Min();

    /// <summary>The bin after the last that any filter reads.</summary>
    public int EndBin { get; } = First.Select((first, i) => first + Offset[i + 1] - Offset[i]).Max();
}

/// <summary>
/// The filters of the constant-Q transform of one octave, in the frequency domain (Brown and Puckette 1992; Schörkhuber and
/// Klapuri 2010). Every octave uses the same ones on a signal of half the rate of the octave above; what differs is a factor
/// (<see cref="OctaveScale"/>).
/// </summary>
internal static class ConstantQTables
{
    /// <summary>Bins of an octave: three for a pitch class.</summary>
    public const int BinsPerOctave = 36;

    /// <summary>Octaves, from C1.</summary>
    public const int Octaves = 7;

    /// <summary>Rows of the transform.</summary>
    public const int Rows = BinsPerOctave * Octaves;

    /// <summary>Samples of a frame, at the octave's own rate.</summary>
    public const int FftLength = 1024;

    /// <summary>Bins of a frame's spectrum.</summary>
    public const int Bins = (FftLength / 2) + 1;

    private const double C1 = 32.70319566257483;
    private const double DroppedShare = 0.01;

    private static readonly ConstantQBank?[] Banks = new ConstantQBank[TuningTables.Count];

    // Q by the relative bandwidth of neighbours a factor of r apart: (r^2 - 1) / (r^2 + 1).
    private static readonly double Q = (Math.Pow(2, 2.0 / BinsPerOctave) + 1) / (Math.Pow(2, 2.0 / BinsPerOctave) - 1);

    /// <summary>
    /// The filters of the top octave for a tuning, made when first asked for and kept; they include the division by the
    /// square root of the filter's length.
    /// </summary>
    public static ConstantQBank Bank(int tuning) => Banks[tuning] ?? (Banks[tuning] = Make(TuningTables.Value(tuning)));

    /// <summary>
    /// Factor of an octave, 0 the top: the filters' own sqrt(2^o), the halved signals' sqrt(2^o), over the root of a
    /// length 2^o as large.
    /// </summary>
    public static float OctaveScale(int octave) => (float)Math.Sqrt(1 << octave);

    private static ConstantQBank Make(double tuning)
    {
        int[] first = new int[BinsPerOctave], offset = new int[BinsPerOctave + 1];
        List<float> re = [], im = [];
        for (int i = 0; i < BinsPerOctave; i++)
        {
            double frequency = C1 * Math.Pow(2, (Octaves - 1) + ((i + tuning) / BinsPerOctave));
            (double[] x, double[] y) = Spectrum(frequency);
            double[] magnitude = [.. Enumerable.Range(0, Bins).Select(k => double.Hypot(x[k], y[k]))];
            double least = LeastKept(magnitude);
            int begin = Array.FindIndex(magnitude, value => value >= least);
            int end = Array.FindLastIndex(magnitude, value => value >= least) + 1;
            first[i] = begin;
            double scale = 1 / Math.Sqrt(Q * StftTables.SampleRate / frequency);
            for (int k = begin; k < end; k++)
            {
                bool kept = magnitude[k] >= least;
                re.Add(kept ? (float)(x[k] * scale) : 0);
                im.Add(kept ? (float)(y[k] * scale) : 0);
            }

            offset[i + 1] = re.Count;
        }

        return new ConstantQBank(first, offset, [.. re], [.. im]);
    }

    private static (double[] Re, double[] Im) Spectrum(double frequency)
    {
        double length = Q * StftTables.SampleRate / frequency;
        int from = (int)Math.Floor(-length / 2), samples = (int)Math.Floor(length / 2) - from;
        double[] window = StftTables.HannWindow(samples);
        double gain = length / FftLength / window.Sum();
        double[] re = new double[FftLength], im = new double[FftLength];
        for (int n = 0; n < samples; n++)
        {
            (double sin, double cos) = Math.SinCos(2 * Math.PI * frequency / StftTables.SampleRate * (from + n));
            int at = ((FftLength - samples) / 2) + n;
            (re[at], im[at]) = (window[n] * gain * cos, window[n] * gain * sin);
        }

        HostFft.Forward(re, im);
        return (re, im);
    }

    // The smallest values may go while together they stay under a hundredth of the sum.
    private static double LeastKept(double[] magnitude)
    {
        double[] ascending = [.. magnitude.Order()];
        double budget = DroppedShare * magnitude.Sum(), sum = 0;
        int i = 0;
        while ((sum += ascending[i]) < budget)
        {
            i++;
        }

        return ascending[i];
    }
}
