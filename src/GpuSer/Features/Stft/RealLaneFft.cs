using System.Numerics;
using System.Runtime.CompilerServices;

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
    private readonly float[] _analysis;
    private readonly float[] _synthesis;
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
        _analysis = [.. window.ToArray().Select(value => value / 2)];
        _synthesis = [.. window.ToArray().Select(value => value / _length)];
        (_cos, _minusSin) = StftTables.Twiddles(_length, _half + 1);
        int width = Lanes.Count;
        _re = _scratch.Reserve((2 * _half * width) + (2 * width * width));
        _im = _re + (_half * width);
        _samples = _im + (_half * width);
        _rows = _samples + (width * width);
    }

    /// <summary>Transforms one frame a lane, each <paramref name="hop"/> samples after the one before.</summary>
    /// <param name="signal">First sample of the first frame.</param>
    /// <param name="hop">Samples from frame to frame.</param>
    /// <param name="re">Real parts of bins 0 to length / 2. (bins, lanes)</param>
    /// <param name="im">Imaginary parts.</param>
    public void Forward(float* signal, nint hop, float* re, float* im)
    {
        LoadFrames(signal, hop);
        _fft.Transform(_re, _im);
        for (int k = 0; k <= _half / 2; k++)
        {
            UnpackPair(k, re + (k * Lanes.Count), im + (k * Lanes.Count), re + ((_half - k) * Lanes.Count), im + ((_half - k) * Lanes.Count));
        }
    }

    /// <summary>As <see cref="Forward"/>, only bins [first, end), all under length / 4. [re, im: (end - first, lanes)]</summary>
    public void ForwardBand(float* signal, nint hop, int first, int end, float* re, float* im)
    {
        Vector<float>* unused = stackalloc Vector<float>[2];
        LoadFrames(signal, hop);
        _fft.Transform(_re, _im);
        for (int k = first; k < end; k++)
        {
            int at = (k - first) * Lanes.Count;
            UnpackPair(k, re + at, im + at, (float*)unused, (float*)(unused + 1));
        }
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
                (Vector.Load(_samples + (j * width)) * _analysis[n + j]).Store(_re + at);
                (Vector.Load(_samples + ((j + 1) * width)) * _analysis[n + j + 1]).Store(_im + at);
            }
        }
    }

    // With Z the complex transform, E = (Z[k] + conj Z[h-k]) / 2 and O = (Z[k] - conj Z[h-k]) / 2i: X[k] = E + exp(-2 pi i k / n) O
    // and X[h-k] = conj(E - exp(-2 pi i k / n) O). The halves are in the window.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void UnpackPair(int k, float* re, float* im, float* mirrorRe, float* mirrorIm)
    {
        int at = _fft.Order[k] * Lanes.Count, mirror = _fft.Order[(_half - k) & (_half - 1)] * Lanes.Count;
        Vector<float> zr = Vector.Load(_re + at), zi = Vector.Load(_im + at);
        Vector<float> mr = Vector.Load(_re + mirror), mi = Vector.Load(_im + mirror);
        Vector<float> evenRe = zr + mr, evenIm = zi - mi, oddRe = zi + mi, oddIm = mr - zr;
        Vector<float> c = new(_cos[k]), s = new(_minusSin[k]);
        Vector<float> turnedRe = Vector.FusedMultiplyAdd(-oddIm, s, oddRe * c), turnedIm = Vector.FusedMultiplyAdd(oddIm, c, oddRe * s);
        (evenRe + turnedRe).Store(re);
        (evenIm + turnedIm).Store(im);
        (evenRe - turnedRe).Store(mirrorRe);
        (turnedIm - evenIm).Store(mirrorIm);
    }

    // The other way: Z[k] = E + i O and Z[h-k] = conj E + i conj O, with O = (X[k] - conj X[h-k]) / 2 * exp(2 pi i k / n).
    private void Pack(float* re, float* im)
    {
        int width = Lanes.Count;
        for (int k = 0; k <= _half / 2; k++)
        {
            int at = k * width, mirror = (_half - k) * width;
            Vector<float> xr = Vector.Load(re + at), mr = Vector.Load(re + mirror);
            Vector<float> xi = k == 0 ? default : Vector.Load(im + at), mi = k == 0 ? default : Vector.Load(im + mirror);
            Vector<float> evenRe = xr + mr, evenIm = xi - mi, diffRe = xr - mr, diffIm = xi + mi;
            Vector<float> c = new(_cos[k]), s = new(_minusSin[k]);
            Vector<float> oddRe = Vector.FusedMultiplyAdd(diffRe, c, diffIm * s);
            Vector<float> oddIm = Vector.FusedMultiplyAdd(-diffRe, s, diffIm * c);
            (evenRe - oddIm).Store(_re + at);
            (evenIm + oddRe).Store(_im + at);
            if (k > 0)
            {
                (evenRe + oddIm).Store(_re + mirror);
                (oddRe - evenIm).Store(_im + mirror);
            }
        }
    }

    private void AddFrames(float* signal, nint hop)
    {
        int width = Lanes.Count;
        int[] order = _fft.Order;
        for (int n = 0; n < _length; n += width)
        {
            for (int j = 0; j < width; j += 2)
            {
                int at = order[(n + j) / 2] * width;
                (Vector.Load(_re + at) * _synthesis[n + j]).Store(_samples + (j * width));
                (Vector.Load(_im + at) * _synthesis[n + j + 1]).Store(_samples + ((j + 1) * width));
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
