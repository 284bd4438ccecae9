using System.Runtime.InteropServices;

namespace GpuSer.Audio;

/// <summary>Changes the sample rate of a whole signal through libsoxr's HQ recipe.</summary>
internal static class Resampler
{
    /// <summary>
    /// Resamples to exactly <c>ceil(n * to / from)</c> samples: what libsoxr gives, cut or filled with zeros.
    /// </summary>
    /// <exception cref="GpuSerException">libsoxr refuses the rates.</exception>
    public static float[] Resample(ReadOnlySpan<float> signal, int from, int to)
    {
        if (from == to || signal.IsEmpty)
        {
            return signal.ToArray();
        }

        float[] output = new float[checked((int)((((long)signal.Length * to) + from - 1) / from))];
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

        return output;
    }

    private static void Check(nint error, int from, int to)
    {
        if (error != 0)
        {
            throw new GpuSerException($"cannot resample from {from} Hz to {to} Hz: {Marshal.PtrToStringUTF8(error)}");
        }
    }
}
