using System.Numerics;
using System.Runtime.InteropServices;
using GpuSer.Features.Chroma;
using GpuSer.Features.Stft;

namespace GpuSer.Features.Tonnetz;

/// <summary>
/// Constant-Q transform: each octave by the same filters, from a signal of half the rate of the one above. Long signals are walked in
/// chunks of frames, whose octaves all begin at one time.
/// </summary>
internal sealed unsafe class ConstantQCpu
{
    /// <summary>Frames of a chunk, a multiple of every tile's width: 48 s, at which the lowest octave's neighbourhood still is a small share.</summary>
    public const int ChunkFrames = 2048;

    private const int Reach = ConstantQTables.FftLength / 2;

    // Each octave begins at half the index of the one above.
    private const int BeginMultiple = 1 << (ConstantQTables.Octaves - 1);

    private readonly RealLaneFft _fft;
    private readonly HalvingCpu _halving = new();
    private readonly Scratch _signals = new();
    private readonly Scratch _spectrum = new();
    private readonly long[] _octave = new long[ConstantQTables.Octaves];
    private int _begin;

    /// <summary>Makes the transform's tables.</summary>
    public ConstantQCpu()
    {
        float[] rectangle = new float[ConstantQTables.FftLength];
        Array.Fill(rectangle, 1);
        _fft = new RealLaneFft(rectangle);
        _spectrum.Reserve(2L * ConstantQTables.Bins * Lanes.Count);
    }

    /// <summary>Makes room for the chunks of a signal of so many samples.</summary>
    public void Reserve(int samples)
    {
        int frames = StftTables.Frames(samples);
        for (int first = 0; first < frames; first += ChunkFrames)
        {
            _signals.Reserve(LayOut(samples, first).Total);
        }
    }

    /// <summary>Makes the signals of all octaves for the chunk that begins at a frame, each with half a frame of zeros before and at least as much after it.</summary>
    /// <param name="samples">The whole signal.</param>
    /// <param name="firstFrame">A multiple of <see cref="ChunkFrames"/>.</param>
    public void Load(ReadOnlySpan<float> samples, int firstFrame)
    {
        (int length, long total) = LayOut(samples.Length, firstFrame);
        float* signals = _signals.Reserve(total);
        for (int o = 0; o < ConstantQTables.Octaves; o++)
        {
            float* signal = signals + _octave[o] + Reach;
            if (o == 0)
            {
                samples.Slice(_begin, length).CopyTo(new Span<float>(signal, length));
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

    /// <summary>Transforms one tile of the loaded chunk.</summary>
    /// <param name="bank">Filters of the signal's tuning.</param>
    /// <param name="firstFrame">The tile's first frame in the signal.</param>
    /// <param name="magnitude">Tile. (252, lanes)</param>
    public void Run(ConstantQBank bank, int firstFrame, float* magnitude)
    {
        int width = Lanes.Count;
        int bins = bank.EndBin - bank.FirstBin;
        float* re = _spectrum.Pointer, im = re + (bins * width);
        for (int o = 0; o < ConstantQTables.Octaves; o++)
        {
            int hop = StftTables.HopLength >> o;
            float* first = _signals.Pointer + _octave[o] + (((long)firstFrame * hop) - (_begin >> o));
            _fft.ForwardBand(first, hop, bank.FirstBin, bank.EndBin, re, im);
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

    // From the lowest octave up: what the chunk's frames reach, and what the filter that halves reaches to make the octave below. The
    // first chunk begins with the signal and the last ends with it, so that a signal of one chunk is simply all there.
    private (int Length, long Total) LayOut(int samples, int firstFrame)
    {
        int frames = StftTables.Frames(samples);
        int endFrame = firstFrame + ChunkFrames < frames ? firstFrame + ChunkFrames : Lanes.Tiles(frames) * Lanes.Count;
        long begin = long.MaxValue / 4, end = 0;
        for (int o = ConstantQTables.Octaves - 1; o >= 0; o--)
        {
            long hop = StftTables.HopLength >> o;
            begin = Math.Min((firstFrame * hop) - Reach, (2 * begin) - HalvingTables.Centre);
            end = Math.Max(((endFrame - 1) * hop) + Reach, (2 * end) + HalvingTables.Centre + 1);
        }

        _begin = firstFrame == 0 ? 0 : (int)Math.Max(0, begin / BeginMultiple * BeginMultiple);
        int count = (int)Math.Min(samples, end) - _begin;
        long total = 0;
        for (int o = 0, length = count; o < ConstantQTables.Octaves; o++, length = (length + 1) / 2)
        {
            _octave[o] = total;
            long hop = StftTables.HopLength >> o;
            long read = ((endFrame - 1) * hop) - (_begin >> o) + ConstantQTables.FftLength;
            total += Math.Max(read, Reach + length + HalvingCpu.Slack);
        }

        return (count, total);
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
