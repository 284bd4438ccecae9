using System.Numerics;
using System.Runtime.InteropServices;
using GpuSer.Features.Mel;
using GpuSer.Features.Stft;

namespace GpuSer.Features.Hpss;

/// <summary>
/// Harmonic-percussive separation of a chunk (D. FitzGerald, "Harmonic/percussive separation using median filtering", 2010; soft
/// masks). Only the harmonic signal is made: masks sum to 1 and the transform is linear, so that the percussive signal is what is
/// missing to the recording, and its spectrum what is missing to the recording's.
/// </summary>
internal sealed unsafe class HpssCpu
{
    private const int Overlap = StftTables.FftLength / StftTables.HopLength;

    private readonly StftCpu _stft;
    private readonly SlidingMedian _median = new();
    private readonly Scratch _medians = new();
    private readonly Scratch _percussive = new();
    private readonly Scratch _re = new();
    private readonly Scratch _im = new();
    private readonly Scratch _signal = new();
    private readonly float[] _windowSquares = [.. StftTables.Window.Select(value => value * value)];
    private readonly int[] _binOffsets = new int[Groups(StftTables.Bins) * SlidingMedian.Group + (2 * SlidingMedian.Reach)];
    private int[] _frameOffsets = [];

    /// <summary>Works on the spectra of <paramref name="stft"/>.</summary>
    public HpssCpu(StftCpu stft)
    {
        _stft = stft;
        for (int i = 0; i < _binOffsets.Length; i++)
        {
            _binOffsets[i] = SlidingMedian.Mirror(i - SlidingMedian.Reach, StftTables.Bins) * Lanes.Count;
        }

        long squares = (long)(StftTables.Bins + Lanes.Count) * Lanes.Count;
        _percussive.Reserve(squares);
        _re.Reserve(squares);
        _im.Reserve(squares);
    }

    /// <summary>The harmonic signal, from the first sample of the chunk's first frame on.</summary>
    public float* Signal => _signal.Pointer;

    /// <summary>Masked spectrum of the tile that <see cref="Mask"/> was last called for. (1025, lanes)</summary>
    public float* MaskedRe => _re.Pointer;

    /// <summary>Likewise, imaginary parts.</summary>
    public float* MaskedIm => _im.Pointer;

    /// <summary>Makes room for so many tiles.</summary>
    public void Reserve(int tiles)
    {
        int frames = tiles * Lanes.Count;
        _medians.Reserve((long)(frames + SlidingMedian.Group) * StftCpu.RowPitch);
        _signal.Reserve(StftCpu.CoveredSamples(tiles));
        int offsets = (Groups(frames) * SlidingMedian.Group) + (2 * SlidingMedian.Reach);
        if (_frameOffsets.Length < offsets)
        {
            _frameOffsets = new int[offsets];
        }
    }

    /// <summary>Medians over time of all of the chunk's frames; those within 15 of an end that is not the signal's are not right.</summary>
    public void MediansOverTime(FrameChunk chunk)
    {
        int groups = Groups(chunk.Count);
        ClearMissing(chunk);
        for (int i = 0; i < (groups * SlidingMedian.Group) + (2 * SlidingMedian.Reach); i++)
        {
            _frameOffsets[i] = SlidingMedian.Mirror(i - SlidingMedian.Reach, chunk.Count) * StftCpu.RowPitch;
        }

        fixed (int* offsets = _frameOffsets)
        {
            for (int group = 0; group < groups; group++)
            {
                int first = group * SlidingMedian.Group;
                int count = Math.Min(SlidingMedian.Group, chunk.Count - first);
                for (int k = 0; k < StftTables.Bins; k += Lanes.Count)
                {
                    float* to = _medians.Pointer + ((long)first * StftCpu.RowPitch) + k;
                    _median.Run(_stft.ByFrame + k, offsets + first, to, StftCpu.RowPitch, count);
                }
            }
        }
    }

    // Missing frames of the last tile must not hold what an earlier run left.
    private void ClearMissing(FrameChunk chunk)
    {
        float* missing = _medians.Pointer + ((long)chunk.Count * StftCpu.RowPitch);
        NativeMemory.Clear(missing, (nuint)(((chunk.Tiles * Lanes.Count) - chunk.Count) * StftCpu.RowPitch) * sizeof(float));
    }

    /// <summary>Masks a tile's spectrum with its harmonic part: <c>h^2 / (h^2 + p^2)</c>, a half where both are 0.</summary>
    public void Mask(int tile)
    {
        int width = Lanes.Count;
        float* harmonic = stackalloc float[width * width];
        float* percussive = _percussive.Pointer, re = _stft.Re(tile), im = _stft.Im(tile);
        MediansOverBins(tile);
        float* medians = _medians.Pointer + ((long)tile * width * StftCpu.RowPitch);
        for (int k = 0; k < StftTables.Bins; k += width)
        {
            Lanes.Transpose(medians + k, StftCpu.RowPitch, harmonic, width);
            for (int j = 0; j < Math.Min(width, StftTables.Bins - k); j++)
            {
                int at = (k + j) * width;
                Vector<float> mask = SoftMask(Vector.Load(harmonic + (j * width)), Vector.Load(percussive + at));
                (Vector.Load(re + at) * mask).Store(_re.Pointer + at);
                (Vector.Load(im + at) * mask).Store(_im.Pointer + at);
            }
        }
    }

    /// <summary>Makes the harmonic signal of the whole chunk: masks, inverse transforms, and the division by the overlapping windows' squares.</summary>
    public void Synthesise(FrameChunk chunk, StageRecorder? recorder)
    {
        NativeMemory.Clear(Signal, (nuint)StftCpu.CoveredSamples(chunk.Tiles) * sizeof(float));
        for (int tile = 0; tile < chunk.Tiles; tile++)
        {
            Mask(tile);
            recorder?.Masked(chunk, tile, _stft, this);
            float* to = Signal + ((long)tile * Lanes.Count * StftTables.HopLength);
            _stft.Fft.InverseOverlapAdd(_re.Pointer, _im.Pointer, to, StftTables.HopLength);
        }

        Normalise(chunk);
    }

    /// <summary>Mean mel power of the harmonic and the percussive signal, for one tile.</summary>
    public void MelPower(FrameChunk chunk, int tile, float* rows, nint pitch)
    {
        float* re = _re.Pointer, im = _im.Pointer, allRe = _stft.Re(tile), allIm = _stft.Im(tile);
        _stft.Spectra(chunk, Signal, tile, re, im);
        for (int i = 0; i < StftCpu.TileLength; i += Lanes.Count)
        {
            Vector<float> x = Vector.Load(re + i), y = Vector.Load(im + i);
            Vector<float> u = Vector.Load(allRe + i) - x, v = Vector.Load(allIm + i) - y;
            Vector<float> harmonic = Vector.FusedMultiplyAdd(x, x, y * y), percussive = Vector.FusedMultiplyAdd(u, u, v * v);
            ((harmonic + percussive) * 0.5f).Store(re + i);
        }

        FilterBankCpu.Apply(MelTables.HpssBank, re, rows, pitch);
    }

    private static int Groups(int length) => (length + SlidingMedian.Group - 1) / SlidingMedian.Group;

    private void MediansOverBins(int tile)
    {
        int width = Lanes.Count;
        fixed (int* offsets = _binOffsets)
        {
            for (int k = 0; k < StftTables.Bins; k += SlidingMedian.Group)
            {
                int count = Math.Min(SlidingMedian.Group, StftTables.Bins - k);
                _median.Run(_stft.Magnitude(tile), offsets + k, _percussive.Pointer + (k * width), width, count);
            }
        }
    }

    // Over the larger of the two, so that squares neither overflow nor vanish.
    private static Vector<float> SoftMask(Vector<float> harmonic, Vector<float> percussive)
    {
        Vector<float> larger = Vector.MaxNative(harmonic, percussive);
        Vector<int> silent = Vector.LessThan(larger, new Vector<float>(1.17549435e-38f));
        Vector<float> scale = Vector<float>.One / Vector.ConditionalSelect(silent, Vector<float>.One, larger);
        Vector<float> h = harmonic * scale, p = percussive * scale;
        Vector<float> hh = h * h, mask = hh / Vector.FusedMultiplyAdd(p, p, hh);
        return Vector.ConditionalSelect(silent, new Vector<float>(0.5f), mask);
    }

    // Each hop of samples is covered by up to four frames; at the signal's ends, and at a chunk's, by fewer.
    private void Normalise(FrameChunk chunk)
    {
        Span<float> factor = stackalloc float[StftTables.HopLength];
        int lastCovered = -1, firstCovering = -1;
        int hops = chunk.Count + Overlap - 1;
        for (int hop = 0; hop < hops; hop++)
        {
            int newest = Math.Min(hop, chunk.Count - 1), oldest = Math.Max(0, hop - Overlap + 1);
            if (hop - newest != lastCovered || hop - oldest != firstCovering)
            {
                (lastCovered, firstCovering) = (hop - newest, hop - oldest);
                FillFactors(lastCovered, firstCovering, factor);
            }

            Span<float> samples = new(Signal + ((long)hop * StftTables.HopLength), StftTables.HopLength);
            for (int i = 0; i < samples.Length; i += Vector<float>.Count)
            {
                (new Vector<float>(samples[i..]) * new Vector<float>(factor[i..])).CopyTo(samples[i..]);
            }
        }

        ClearOutside(chunk);
    }

    private void FillFactors(int newest, int oldest, Span<float> factor)
    {
        for (int i = 0; i < factor.Length; i++)
        {
            float sum = 0;
            for (int j = newest; j <= oldest; j++)
            {
                sum += _windowSquares[(j * StftTables.HopLength) + i];
            }

            factor[i] = sum > 1e-30f ? 1 / sum : 1;
        }
    }

    // The next transform must find zeros where the signal is not.
    private void ClearOutside(FrameChunk chunk)
    {
        long origin = ((long)chunk.Origin * StftTables.HopLength) - (StftTables.FftLength / 2);
        long length = StftCpu.CoveredSamples(chunk.Tiles);
        long end = Math.Min(length, chunk.Samples - origin);
        if (origin < 0)
        {
            NativeMemory.Clear(Signal, (nuint)(-origin) * sizeof(float));
        }

        NativeMemory.Clear(Signal + end, (nuint)(length - end) * sizeof(float));
    }
}
