using System.Numerics;

namespace GpuSer.Features.Stft;

/// <summary>
/// FFT of real frames, a tile at a time, through a complex transform of half the length: even samples are its real, odd ones its
/// imaginary parts.
/// </summary>
internal sealed unsafe class RealLaneFft
{
    private readonly int _length;
    private readonly int _half;
    private readonly LaneFft _fft;
    private readonly float[] _window;
    private readonly float[] _cos;
    private readonly float[] _minusSin;
    private readonly Scratch _scratch = new();
    private readonly float* _re;
    private readonly float* _im;
    private readonly float* _samples;
    private readonly float* _rows;

    /// <summary>Makes the tables for frames of a power of two, multiplied by a window. [window: (length)]</summary>
    public RealLaneFft(ReadOnlySpan<float> window)
    {
        _length = window.Length;
        _half = _length / 2;
        _fft = new LaneFft(_half);
        _window = window.ToArray();
        (_cos, _minusSin) = StftTables.Twiddles(_length, _half + 1);
        int width = Lanes.Count;
        _re = _scratch.Reserve((2 * _half * width) + (2 * width * width));
        _im = _re + (_half * width);
        _samples = _im + (_half * width);
        _rows = _samples + (width * width);
    }

    /// <summary>Transforms one frame a lane, each <paramref name="hop"/> samples after the one before, into bins [first, end).</summary>
    /// <param name="signal">First sample of the first frame.</param>
    /// <param name="hop">Samples from frame to frame.</param>
    /// <param name="first">First bin wanted.</param>
    /// <param name="end">The bin after the last wanted, at most length / 2 + 1.</param>
    /// <param name="re">Real parts. (end - first, lanes)</param>
    /// <param name="im">Imaginary parts. (end - first, lanes)</param>
    public void Forward(float* signal, nint hop, int first, int end, float* re, float* im)
    {
        LoadFrames(signal, hop);
        _fft.Transform(_re, _im);
        Unpack(first, end, re, im);
    }

    /// <summary>Transforms a tile of spectra back, and adds the windowed frames over each other.</summary>
    /// <param name="re">Real parts of bins 0 to length / 2. (bins, lanes)</param>
    /// <param name="im">Imaginary parts; those of the first and last bin are taken as 0.</param>
    /// <param name="signal">Where the first frame's first sample is added.</param>
    /// <param name="hop">Samples from frame to frame.</param>
    public void InverseOverlapAdd(float* re, float* im, float* signal, nint hop)
    {
        Pack(re, im);
        _fft.Transform(_im, _re);
        AddFrames(signal, hop);
    }

    private void LoadFrames(float* signal, nint hop)
    {
        int width = Lanes.Count;
        for (int n = 0; n < _length; n += width)
        {
            Lanes.Transpose(signal + n, hop, _samples, width);
            for (int j = 0; j < width; j += 2)
            {
                int at = (n + j) / 2 * width;
                (Vector.Load(_samples + (j * width)) * _window[n + j]).Store(_re + at);
                (Vector.Load(_samples + ((j + 1) * width)) * _window[n + j + 1]).Store(_im + at);
            }
        }
    }

    // With Z the complex transform, E = (Z[k] + conj Z[h-k]) / 2 and O = (Z[k] - conj Z[h-k]) / 2i: X[k] = E + exp(-2 pi i k / n) O.
    private void Unpack(int first, int end, float* re, float* im)
    {
        int width = Lanes.Count;
        int[] order = _fft.Order;
        for (int k = first; k < end; k++)
        {
            int at = order[k & (_half - 1)] * width, mirror = order[(_half - k) & (_half - 1)] * width;
            Vector<float> zr = Vector.Load(_re + at), zi = Vector.Load(_im + at);
            Vector<float> mr = Vector.Load(_re + mirror), mi = Vector.Load(_im + mirror);
            Vector<float> evenRe = zr + mr, evenIm = zi - mi, oddRe = zi + mi, oddIm = mr - zr;
            Vector<float> c = new(_cos[k]), s = new(_minusSin[k]);
            Vector<float> x = Vector.FusedMultiplyAdd(oddRe, c, Vector.FusedMultiplyAdd(-oddIm, s, evenRe));
            Vector<float> y = Vector.FusedMultiplyAdd(oddRe, s, Vector.FusedMultiplyAdd(oddIm, c, evenIm));
            (x * 0.5f).Store(re);
            (y * 0.5f).Store(im);
            re += width;
            im += width;
        }
    }

    // The other way: Z[k] = E + i O, with O = (X[k] - conj X[h-k]) / 2 * exp(2 pi i k / n).
    private void Pack(float* re, float* im)
    {
        int width = Lanes.Count;
        for (int k = 0; k < _half; k++)
        {
            int at = k * width, mirror = (_half - k) * width;
            Vector<float> xr = Vector.Load(re + at), mr = Vector.Load(re + mirror);
            Vector<float> xi = k == 0 ? default : Vector.Load(im + at), mi = k == 0 ? default : Vector.Load(im + mirror);
            Vector<float> diffRe = xr - mr, diffIm = xi + mi;
            Vector<float> c = new(_cos[k]), s = new(_minusSin[k]);
            Vector<float> oddRe = Vector.FusedMultiplyAdd(diffRe, c, diffIm * s);
            Vector<float> oddIm = Vector.FusedMultiplyAdd(diffIm, c, -(diffRe * s));
            (xr + mr - oddIm).Store(_re + at);
            (xi - mi + oddRe).Store(_im + at);
        }
    }

    private void AddFrames(float* signal, nint hop)
    {
        int width = Lanes.Count;
        int[] order = _fft.Order;
        float scale = 1f / _length;
        for (int n = 0; n < _length; n += width)
        {
            for (int j = 0; j < width; j += 2)
            {
                int at = order[(n + j) / 2] * width;
                (Vector.Load(_re + at) * (_window[n + j] * scale)).Store(_samples + (j * width));
                (Vector.Load(_im + at) * (_window[n + j + 1] * scale)).Store(_samples + ((j + 1) * width));
            }

            Lanes.Transpose(_samples, width, _rows, width);
            for (int lane = 0; lane < width; lane++)
            {
                float* to = signal + (lane * hop) + n;
                (Vector.Load(to) + Vector.Load(_rows + (lane * width))).Store(to);
            }
        }
    }
}
