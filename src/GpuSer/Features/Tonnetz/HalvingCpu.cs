using System.Numerics;
using System.Runtime.InteropServices;
using GpuSer.Features.Stft;

namespace GpuSer.Features.Tonnetz;

/// <summary>
/// Takes signals to half their rate: fast convolution by overlap-add, a block of samples a lane, where the upper half of each
/// filtered spectrum is folded onto the lower so that the inverse transform is of half the length.
/// </summary>
internal sealed unsafe class HalvingCpu
{
    private const int Length = 2048;
    private const int HalfLength = Length / 2;

    // Filtered blocks of so many samples, and a delay that makes all of their output come at or after an even sample, fit a frame.
    private const int Block = 1664;
    private const int Delay = HalvingTables.Centre + 1;

    private readonly RealLaneFft _forward;
    private readonly RealLaneFft _inverse;
    private readonly Scratch _scratch = new();
    private readonly float[] _filterRe = new float[HalfLength + 1];
    private readonly float[] _filterIm = new float[HalfLength + 1];

    /// <summary>Makes the tables.</summary>
    public HalvingCpu()
    {
        float[] block = new float[Length], all = new float[HalfLength];
        Array.Fill(block, 1, 0, Block);
        Array.Fill(all, 1);
        (_forward, _inverse) = (new RealLaneFft(block), new RealLaneFft(all));

        // Folding adds two bins and halves: the half goes into the filter.
        double[] re = new double[Length], im = new double[Length];
        for (int k = 0; k < HalvingTables.Taps; k++)
        {
            re[Delay - HalvingTables.Centre + k] = HalvingTables.Filter[k] / 2.0;
        }

        HostFft.Forward(re, im);
        for (int k = 0; k <= HalfLength; k++)
        {
            (_filterRe[k], _filterIm[k]) = ((float)re[k], (float)im[k]);
        }

        _scratch.Reserve(2L * (HalfLength + 1) * Lanes.Count);
    }

    /// <summary>Floats before a result that are used too.</summary>
    public static int Lead => Delay / 2;

    /// <summary>Floats after a signal that must be zeros, and after a result that are used too.</summary>
    public static int Slack => (Block * Lanes.Count) + Length;

    /// <summary>
    /// Halves a signal: <c>y[n] = sum h[k] x[2 n + k - 191]</c>, n under <c>ceil(length / 2)</c>; samples outside are zeros. What lies
    /// around the result is overwritten, <see cref="Lead"/> before and <see cref="Slack"/> after it.
    /// </summary>
    /// <param name="signal">Samples, and <see cref="Slack"/> zeros. (length)</param>
    /// <param name="length">How many.</param>
    /// <param name="half">Where to write.</param>
    public void Run(float* signal, int length, float* half)
    {
        float* re = _scratch.Pointer, im = re + ((HalfLength + 1) * Lanes.Count);
        NativeMemory.Clear(half - Lead, (nuint)(Lead + ((length + 1) / 2) + Slack) * sizeof(float));
        for (int at = 0; at < length; at += Block * Lanes.Count)
        {
            _forward.Forward(signal + at, Block, re, im);
            FilterAndFold(re, im);
            _inverse.InverseOverlapAdd(re, im, half - Lead + (at / 2), Block / 2);
        }
    }

    // Bin k of the half-length spectrum is V[k] + V[k + h], and V[k + h] = conj V[h - k].
    private void FilterAndFold(float* re, float* im)
    {
        int width = Lanes.Count;
        for (int k = 0; k <= HalfLength / 2; k++)
        {
            int at = k * width, mirror = (HalfLength - k) * width;
            (Vector<float> x, Vector<float> y) = Filter(re + at, im + at, k);
            (Vector<float> u, Vector<float> v) = Filter(re + mirror, im + mirror, HalfLength - k);
            (x + u).Store(re + at);
            (y - v).Store(im + at);
        }
    }

    private (Vector<float> Re, Vector<float> Im) Filter(float* re, float* im, int bin)
    {
        Vector<float> x = Vector.Load(re), y = Vector.Load(im), c = new(_filterRe[bin]), s = new(_filterIm[bin]);
        return (Vector.FusedMultiplyAdd(-y, s, x * c), Vector.FusedMultiplyAdd(y, c, x * s));
    }
}
