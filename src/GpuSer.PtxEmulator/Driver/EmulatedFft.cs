using System.Numerics;
using GpuSer.Cuda;

namespace GpuSer.PtxEmulator.Driver;

/// <summary>A batch of Fourier transforms, computed in double by the mixed-radix algorithm of Cooley and Tukey.</summary>
internal sealed unsafe class EmulatedFft
{
    private readonly Complex[] _roots;
    private readonly Complex[] _input;
    private readonly Complex[] _output;

    public EmulatedFft(int size, FftKind kind, int batch, int inputDistance, int outputDistance)
    {
        Size = size;
        Kind = kind;
        Batch = batch;
        InputDistance = inputDistance;
        OutputDistance = outputDistance;
        double sign = kind is FftKind.ComplexToReal or FftKind.ComplexInverse ? 1 : -1;
        _roots = [.. Enumerable.Range(0, size).Select(k => Complex.FromPolarCoordinates(1, sign * 2 * Math.PI * k / size))];
        _input = new Complex[size];
        _output = new Complex[size];
    }

    public int Size { get; }

    public FftKind Kind { get; }

    public int Batch { get; }

    public int InputDistance { get; }

    public int OutputDistance { get; }

    /// <summary>Floats of one input.</summary>
    public int InputFloats => Kind == FftKind.RealToComplex ? Size : 2 * (Kind == FftKind.ComplexToReal ? (Size / 2) + 1 : Size);

    /// <summary>Floats of one output.</summary>
    public int OutputFloats => Kind == FftKind.ComplexToReal ? Size : 2 * (Kind == FftKind.RealToComplex ? (Size / 2) + 1 : Size);

    /// <summary>Floats between consecutive inputs.</summary>
    public long InputPitch => (long)InputDistance * (Kind == FftKind.RealToComplex ? 1 : 2);

    /// <summary>Floats between consecutive outputs.</summary>
    public long OutputPitch => (long)OutputDistance * (Kind == FftKind.ComplexToReal ? 1 : 2);

    /// <summary>One transform; input and output may be the same memory.</summary>
    public void Run(float* input, float* output)
    {
        Read(input);
        Transform(Size, 1, 0, 0);
        for (int k = 0; k < (Kind == FftKind.ComplexToReal ? Size : OutputFloats / 2); k++)
        {
            if (Kind == FftKind.ComplexToReal)
                output[k] = (float)_output[k].Real;
            else
            {
                output[2 * k] = (float)_output[k].Real;
                output[(2 * k) + 1] = (float)_output[k].Imaginary;
            }
        }
    }

    private void Read(float* input)
    {
        for (int k = 0; k < Size; k++)
        {
            _input[k] = Kind switch
            {
                FftKind.RealToComplex => input[k],
                FftKind.ComplexToReal when k > Size / 2 => Complex.Conjugate(_input[Size - k]),
                FftKind.ComplexToReal when k == 0 || 2 * k == Size => input[2 * k], // their imaginary parts have no part in a real signal
                _ => new Complex(input[2 * k], input[(2 * k) + 1]),
            };
        }
    }

    /// <summary>Transforms every <paramref name="stride"/>-th input from <paramref name="from"/> on to consecutive outputs.</summary>
    private void Transform(int size, int stride, int from, int to)
    {
        if (size == 1)
        {
            _output[to] = _input[from];
            return;
        }

        int radix = SmallestFactor(size);
        int part = size / radix;
        for (int r = 0; r < radix; r++)
            Transform(part, stride * radix, from + (r * stride), to + (r * part));
        if (radix == 2)
        {
            Butterflies(part, stride, to);
            return;
        }

        var sums = new Complex[radix];
        for (int k = 0; k < part; k++)
        {
            for (int q = 0; q < radix; q++)
            {
                Complex sum = Complex.Zero;
                for (int r = 0; r < radix; r++)
                    sum += _output[to + (r * part) + k] * _roots[(int)((long)r * (k + (q * part)) * stride % Size)];
                sums[q] = sum;
            }

            for (int q = 0; q < radix; q++)
                _output[to + (q * part) + k] = sums[q];
        }
    }

    // What sizes of powers of two consist of, without the remainders and the scratch of other radices.
    private void Butterflies(int part, int stride, int to)
    {
        for (int k = 0; k < part; k++)
        {
            Complex even = _output[to + k], odd = _output[to + part + k] * _roots[k * stride];
            _output[to + k] = even + odd;
            _output[to + part + k] = even - odd;
        }
    }

    private static int SmallestFactor(int size)
    {
        for (int factor = 2; factor * factor <= size; factor++)
        {
            if (size % factor == 0)
                return factor;
        }

        return size;
    }
}
