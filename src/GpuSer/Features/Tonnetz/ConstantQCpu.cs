using System.Numerics;
using System.Runtime.InteropServices;
using GpuSer.Features.Chroma;
using GpuSer.Features.Stft;

namespace GpuSer.Features.Tonnetz;

/// <summary>Constant-Q transform of a whole signal: each octave by the same filters, from a signal of half the rate of the one above.</summary>
internal sealed unsafe class ConstantQCpu
{
    private const int Reach = ConstantQTables.FftLength / 2;

    private readonly RealLaneFft _fft;
    private readonly HalvingCpu _halving = new();
    private readonly Scratch _signals = new();
    private readonly Scratch _spectrum = new();
    private readonly long[] _octave = new long[ConstantQTables.Octaves];

    /// <summary>Makes the transform's tables.</summary>
    public ConstantQCpu()
    {
        float[] rectangle = new float[ConstantQTables.FftLength];
        Array.Fill(rectangle, 1);
        _fft = new RealLaneFft(rectangle);
        _spectrum.Reserve(2L * ConstantQTables.Bins * Lanes.Count);
    }

    /// <summary>Makes the signals of all octaves, each with half a frame of zeros before and at least as much after it.</summary>
    public void Load(ReadOnlySpan<float> samples)
    {
        int paddedFrames = Lanes.Tiles(StftTables.Frames(samples.Length)) * Lanes.Count;
        long total = 0;
        for (int o = 0, length = samples.Length, hop = StftTables.HopLength; o < ConstantQTables.Octaves; o++)
        {
            _octave[o] = total;
            long read = ((long)(paddedFrames - 1) * hop) + ConstantQTables.FftLength;
            total += Math.Max(read, Reach + length + HalvingCpu.Slack);
            (length, hop) = ((length + 1) / 2, hop / 2);
        }

        float* signals = _signals.Reserve(total);
        for (int o = 0, length = samples.Length; o < ConstantQTables.Octaves; o++)
        {
            float* signal = signals + _octave[o] + Reach;
            if (o == 0)
            {
                samples.CopyTo(new Span<float>(signal, length));
            }
            else
            {
                int above = length;
                length = (length + 1) / 2;
                _halving.Run(signals + _octave[o - 1] + Reach, above, signal);
            }

            long end = o + 1 < ConstantQTables.Octaves ? _octave[o + 1] : total;
            NativeMemory.Clear(signal - Reach, Reach * sizeof(float));
            NativeMemory.Clear(signal + length, (nuint)(signals + end - signal - length) * sizeof(float));
        }
    }

    /// <summary>Transforms one tile.</summary>
    /// <param name="bank">Filters of the signal's tuning.</param>
    /// <param name="firstFrame">The tile's first frame.</param>
    /// <param name="magnitude">Tile. (252, lanes)</param>
    public void Run(ConstantQBank bank, int firstFrame, float* magnitude)
    {
        int width = Lanes.Count;
        int bins = bank.EndBin - bank.FirstBin;
        float* re = _spectrum.Pointer, im = re + (bins * width);
        for (int o = 0; o < ConstantQTables.Octaves; o++)
        {
            int hop = StftTables.HopLength >> o;
            _fft.ForwardBand(_signals.Pointer + _octave[o] + ((long)firstFrame * hop), hop, bank.FirstBin, bank.EndBin, re, im);
            float* rows = magnitude + ((ConstantQTables.Octaves - 1 - o) * ConstantQTables.BinsPerOctave * width);
            Filter(bank, re, im, ConstantQTables.OctaveScale(o), rows);
        }
    }

    /// <summary>Sums the rows of each pitch class in one tile. [magnitude: (252, lanes), chroma: (12, lanes)]</summary>
    public static void FoldToChroma(float* magnitude, float* chroma)
    {
        int width = Lanes.Count;
        new Span<float>(chroma, ChromaTables.Classes * width).Clear();
        for (int row = 0; row < ConstantQTables.Rows; row++)
        {
            float* sum = chroma + (TonnetzTables.PitchClass(row) * width);
            (Vector.Load(sum) + Vector.Load(magnitude + (row * width))).Store(sum);
        }
    }

    private static void Filter(ConstantQBank bank, float* re, float* im, float scale, float* magnitude)
    {
        int width = Lanes.Count;
        fixed (float* weightsRe = bank.Re, weightsIm = bank.Im)
        {
            for (int i = 0; i < ConstantQTables.BinsPerOctave; i++)
            {
                int bin = (bank.First[i] - bank.FirstBin) * width;
                Vector<float> rr = default, ii = default, ri = default, ir = default;
                for (int at = bank.Offset[i]; at < bank.Offset[i + 1]; at++, bin += width)
                {
                    Vector<float> x = Vector.Load(re + bin), y = Vector.Load(im + bin);
                    Vector<float> c = new(weightsRe[at]), s = new(weightsIm[at]);
                    rr = Vector.FusedMultiplyAdd(x, c, rr);
                    ii = Vector.FusedMultiplyAdd(y, s, ii);
                    ri = Vector.FusedMultiplyAdd(x, s, ri);
                    ir = Vector.FusedMultiplyAdd(y, c, ir);
                }

                Vector<float> realPart = rr - ii, imaginaryPart = ri + ir;
                Vector<float> power = Vector.FusedMultiplyAdd(realPart, realPart, imaginaryPart * imaginaryPart);
                (Vector.SquareRoot(power) * scale).Store(magnitude + (i * width));
            }
        }
    }
}
