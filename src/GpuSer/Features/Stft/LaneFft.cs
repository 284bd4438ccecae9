using System.Numerics;
using System.Runtime.CompilerServices;

namespace GpuSer.Features.Stft;

/// <summary>
/// Complex FFT of a tile, one transform a lane: in place, radix 4 by decimation in frequency (with one radix-2 pass where the
/// length is no power of four), on separate real and imaginary parts (length, lanes). Results stay in digit-reversed order, which
/// costs nothing where each element is read by index anyway: X[k] is at <see cref="Order"/>[k].
/// </summary>
/// <remarks>The inverse, without its factor, is the same call with real and imaginary parts exchanged.</remarks>
internal sealed unsafe class LaneFft
{
    // A block of this many complex elements fits into the first-level cache.
    private const int CachedLength = 256;

    private readonly int _length;
    private readonly Dictionary<int, float[]> _twiddles = [];

    /// <summary>Makes the tables for transforms of a power of two, at least 4.</summary>
    public LaneFft(int length)
    {
        _length = length;
        int block = length;
        List<int> order = [0];
        while (block > 1)
        {
            int radix = RadixOf(block), stride = block / radix;
            _twiddles[block] = MakeTwiddles(block, radix);
            List<int> next = [];
            for (int digit = 0; digit < radix; digit++)
            {
                next.AddRange(order.Select(position => position + (digit * stride)));
            }

            order = next;
            block = stride;
        }

        Order = [.. order];
    }

    /// <summary>Position of each frequency in the result. [length]</summary>
    public int[] Order { get; }

    /// <summary>Transforms in place, <c>X[k] = sum x[n] exp(-2 pi i k n / length)</c>. [re, im: (length, lanes)]</summary>
    public void Transform(float* re, float* im)
    {
        int block = _length;
        for (; block > CachedLength; block /= RadixOf(block))
        {
            Pass(re, im, block, _length);
        }

        int width = Lanes.Count;
        for (int start = 0; start < _length; start += block)
        {
            for (int n = block; n > 1; n /= RadixOf(n))
            {
                Pass(re + (start * width), im + (start * width), n, block);
            }
        }
    }

    // Powers of four all the way, after one radix-2 pass if need be.
    private static int RadixOf(int block) => (BitOperations.Log2((uint)block) & 1) != 0 ? 2 : 4;

    private static float[] MakeTwiddles(int block, int radix)
    {
        int count = block / radix;
        float[] twiddles = new float[2 * (radix - 1) * count];
        for (int k = 0, at = 0; k < count; k++)
        {
            for (int power = 1; power < radix; power++)
            {
                (double cos, double sin) = StftTables.Twiddle((long)power * k, block);
                twiddles[at++] = (float)cos;
                twiddles[at++] = (float)-sin;
            }
        }

        return twiddles;
    }

    private void Pass(float* re, float* im, int block, int total)
    {
        fixed (float* twiddles = _twiddles[block])
        {
            if (RadixOf(block) == 2)
            {
                Radix2(re, im, block, total, twiddles);
            }
            else if (block == 4)
            {
                LastRadix4(re, im, total);
            }
            else
            {
                Radix4(re, im, block, total, twiddles);
            }
        }
    }

    private static void Radix2(float* re, float* im, int block, int total, float* twiddles)
    {
        int width = Lanes.Count, half = block / 2 * width;
        for (int k = 0; k < block / 2; k++, twiddles += 2)
        {
            Vector<float> c = new(twiddles[0]), s = new(twiddles[1]), minusS = -s;
            for (int at = k * width; at < total * width; at += block * width)
            {
                Vector<float> ar = Vector.Load(re + at), ai = Vector.Load(im + at);
                Vector<float> br = Vector.Load(re + at + half), bi = Vector.Load(im + at + half);
                (ar + br).Store(re + at);
                (ai + bi).Store(im + at);
                Rotate(ar - br, ai - bi, c, s, minusS, re + at + half, im + at + half);
            }
        }
    }

    private static void Radix4(float* re, float* im, int block, int total, float* twiddles)
    {
        int width = Lanes.Count, quarter = block / 4 * width;
        for (int k = 0; k < block / 4; k++, twiddles += 6)
        {
            Vector<float> c1 = new(twiddles[0]), s1 = new(twiddles[1]), minusS1 = -s1;
            Vector<float> c2 = new(twiddles[2]), s2 = new(twiddles[3]), minusS2 = -s2;
            Vector<float> c3 = new(twiddles[4]), s3 = new(twiddles[5]), minusS3 = -s3;
            for (int at = k * width; at < total * width; at += block * width)
            {
                float* r = re + at, i = im + at;
                Vector<float> ar = Vector.Load(r), ai = Vector.Load(i);
                Vector<float> br = Vector.Load(r + quarter), bi = Vector.Load(i + quarter);
                Vector<float> cr = Vector.Load(r + (2 * quarter)), ci = Vector.Load(i + (2 * quarter));
                Vector<float> dr = Vector.Load(r + (3 * quarter)), di = Vector.Load(i + (3 * quarter));
                Vector<float> t0r = ar + cr, t0i = ai + ci, t1r = ar - cr, t1i = ai - ci;
                Vector<float> t2r = br + dr, t2i = bi + di, t3r = bi - di, t3i = dr - br;
                (t0r + t2r).Store(r);
                (t0i + t2i).Store(i);
                Rotate(t1r + t3r, t1i + t3i, c1, s1, minusS1, r + quarter, i + quarter);
                Rotate(t0r - t2r, t0i - t2i, c2, s2, minusS2, r + (2 * quarter), i + (2 * quarter));
                Rotate(t1r - t3r, t1i - t3i, c3, s3, minusS3, r + (3 * quarter), i + (3 * quarter));
            }
        }
    }

    private static void LastRadix4(float* re, float* im, int total)
    {
        int width = Lanes.Count;
        for (int at = 0; at < total * width; at += 4 * width)
        {
            float* r = re + at, i = im + at;
            Vector<float> ar = Vector.Load(r), ai = Vector.Load(i);
            Vector<float> br = Vector.Load(r + width), bi = Vector.Load(i + width);
            Vector<float> cr = Vector.Load(r + (2 * width)), ci = Vector.Load(i + (2 * width));
            Vector<float> dr = Vector.Load(r + (3 * width)), di = Vector.Load(i + (3 * width));
            Vector<float> t0r = ar + cr, t0i = ai + ci, t1r = ar - cr, t1i = ai - ci;
            Vector<float> t2r = br + dr, t2i = bi + di, t3r = bi - di, t3i = dr - br;
            (t0r + t2r).Store(r);
            (t0i + t2i).Store(i);
            (t1r + t3r).Store(r + width);
            (t1i + t3i).Store(i + width);
            (t0r - t2r).Store(r + (2 * width));
            (t0i - t2i).Store(i + (2 * width));
            (t1r - t3r).Store(r + (3 * width));
            (t1i - t3i).Store(i + (3 * width));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Rotate(Vector<float> re, Vector<float> im, Vector<float> c, Vector<float> s, Vector<float> minusS, float* toRe, float* toIm)
    {
        Vector.FusedMultiplyAdd(im, minusS, re * c).Store(toRe);
        Vector.FusedMultiplyAdd(im, c, re * s).Store(toIm);
    }
}
