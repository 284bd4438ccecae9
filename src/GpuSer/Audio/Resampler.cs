using System.Runtime.InteropServices;

namespace GpuSer.Audio;

/// <summary>Changes the sample rate of a whole signal through libsoxr's HQ recipe.</summary>
internal static class Resampler
{
    /// <summary>Samples of a resampled signal: <c>ceil(n * to / from)</c>.</summary>
    public static long Length(int samples, int from, int to) => (((long)samples * to) + from - 1) / from;

    /// <summary>Resamples: what libsoxr gives, cut or filled with zeros to exactly <see cref="Length"/> samples.</summary>
    /// <param name="signal">Samples. [n, at least 1]</param>
    /// <param name="from">Their rate in Hz.</param>
    /// <param name="to">The rate wanted in Hz, another one.</param>
    /// <param name="output">Where to write; every element is written. [Length(n)]</param>
    /// <exception cref="GpuSerException">libsoxr refuses the rates.</exception>
    public static void Resample(ReadOnlySpan<float> signal, int from, int to, Span<float> output)
    {
        SoxrQuality quality = Soxr.Quality(Soxr.HighQuality, 0);
        using SoxrHandle resampler = Soxr.Create(from, to, 1, out nint error, 0, quality, 0);
        Check(error, from, to);
        Span<float> rest = output;
        while (!signal.IsEmpty)
        {
            Check(Soxr.Process(resampler, signal, (nuint)signal.Length, out nuint taken, rest, (nuint)rest.Length, out nuint given), from, to);
            signal = signal[(int)taken..];
            rest = rest[(int)given..];
            if (taken == 0 && given == 0)
            {
                break;
            }
        }

        nuint flushed = 1;
        while (flushed > 0 && !rest.IsEmpty)
        {
            Check(Soxr.Process(resampler, default, 0, out _, rest, (nuint)rest.Length, out flushed), from, to);
            rest = rest[(int)flushed..];
        }

        rest.Clear();
    }

    private static void Check(nint error, int from, int to)
    {
        if (error != 0)
        {
            throw new GpuSerException($"cannot resample from {from} Hz to {to} Hz: {Marshal.PtrToStringUTF8(error)}");
        }
    }
}
