using System.Diagnostics;
using GpuSer.Audio.Decoding;
using GpuSer.Features.Stft;
using GpuSer.IO;

namespace GpuSer.Audio;

/// <summary>Reads recordings: decodes them through libsndfile, mixes them to one channel, resamples them through libsoxr's HQ recipe.</summary>
/// <remarks>
/// libsndfile runs in processes of its own (<c>gpuser-decode</c>, one for each thread that decodes, kept for the next file), in bounded memory, and in
/// bounded time from one piece of samples to the next: a file that makes it crash or loop is refused as any damaged one, and hurts no other. Where the
/// program cannot be started, <see cref="InProcessReason"/> says why, and libsndfile runs in this process.
/// </remarks>
public static class AudioFile
{
    // Full scale is 1; some programs keep 16 or 32-bit integers as they are. Sums of squares of much larger ones are not finite any more.
    private const float LargestSample = 4294967296;

    private static readonly HashSet<string> Extensions = new(StringComparer.OrdinalIgnoreCase)
    {
        ".wav", ".flac", ".ogg", ".oga", ".opus", ".mp3", ".aif", ".aiff", ".aifc", ".au", ".snd", ".caf", ".w64", ".rf64",
    };

    /// <summary>Why recordings are, or some were, decoded in this process; null where all were in others, as on Linux with <c>gpuser-decode</c> in place.</summary>
    public static string? InProcessReason => DecoderPool.Shared.Problem;

    /// <summary>Whether a file's extension is that of a recording that can be decoded (WAV, FLAC, Ogg, MP3, AIFF and others).</summary>
    public static bool IsAudioPath(string path) => Extensions.Contains(Path.GetExtension(path));

    /// <summary>
    /// Reads a whole recording as one channel: the mean of its channels, resampled to <c>ceil(n * sampleRate / rate)</c> samples. A
    /// <c>.npy</c> file of one dimension is taken as a signal of 22,050 Hz.
    /// </summary>
    /// <param name="path">The recording.</param>
    /// <param name="sampleRate">Samples a second of the result.</param>
    /// <param name="ct">Ends the decoding early.</param>
    /// <returns>Samples, full scale being -1 to 1. [at least 1]</returns>
    /// <exception cref="InvalidFileException">The file is missing, empty, damaged, cut short, not audio, or has samples that are not finite or beyond 2^32.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="ct"/> was cancelled.</exception>
    public static float[] ReadMono(string path, int sampleRate = StftTables.SampleRate, CancellationToken ct = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(sampleRate, 1);
        return ReadMono(path, sampleRate, new DecodeBuffer(), ct).ToArray();
    }

    /// <summary>As the public one, into memory that is used again for the next recording.</summary>
    internal static Span<float> ReadMono(string path, int sampleRate, DecodeBuffer buffer, CancellationToken ct)
    {
        using Activity? activity = Telemetry.Activities.StartActivity("gpuser.audio.read");
        activity?.SetTag("file", path);
        Span<float> samples = Read(path, sampleRate, buffer, ct);
        Telemetry.FilesRead.Add(1);
        Telemetry.Audio.Add((double)samples.Length / sampleRate);
        return samples;
    }

    private static Span<float> Read(string path, int sampleRate, DecodeBuffer buffer, CancellationToken ct)
    {
        bool isArray = Path.GetExtension(path).Equals(".npy", StringComparison.OrdinalIgnoreCase);
        int rate = StftTables.SampleRate, length = isArray ? ReadArray(path, buffer) : Decode(path, buffer, out rate, ct);
        Span<float> samples = buffer.Decoded(length, length)[..length];
        if (samples.Length == 0)
        {
            throw new AudioException(path, "holds no samples; record it again");
        }

        int bad = IndexOfImpossible(samples);
        if (bad >= 0)
        {
            throw new AudioException(path, float.IsFinite(samples[bad])
                ? $"sample {bad:N0} is {samples[bad]}, where full scale is 1; export it again"
                : $"sample {bad:N0} is {samples[bad]}, not a finite number; export it again");
        }

        ct.ThrowIfCancellationRequested();
        if (rate == sampleRate)
        {
            return samples;
        }

        long resampledLength = Resampler.Length(length, rate, sampleRate);
        if (resampledLength > Array.MaxLength)
        {
            throw new AudioException(path, $"comes to {resampledLength:N0} samples of {sampleRate:N0} Hz, too many; cut it into parts");
        }

        Span<float> resampled = buffer.Resampled((int)resampledLength);
        try
        {
            Resampler.Resample(samples, rate, sampleRate, resampled);
        }
        catch (Exception error) when (error is DllNotFoundException or EntryPointNotFoundException)
        {
            throw Missing(path, Soxr.Package, error);
        }
        catch (GpuSerException error)
        {
            throw new AudioException(path, error.Message, error);
        }

        return resampled;
    }

    /// <summary>Reads a recording's header; what follows it may still be damaged.</summary>
    /// <exception cref="InvalidFileException">The file is missing, or is not audio that can be decoded.</exception>
    public static AudioInfo ReadInfo(string path)
    {
        InvalidFileException.Guard(path, () => new FileInfo(path).Length);
        try
        {
            AudioInfo info = DecoderPool.Shared.ReadInfo(path);
            DecodedAudio.Check(path, info);
            return info;
        }
        catch (Exception error) when (error is DllNotFoundException or EntryPointNotFoundException)
        {
            throw Missing(path, SndFile.Package, error);
        }
    }

    private static int ReadArray(string path, DecodeBuffer buffer)
    {
        NpyArray array = NpyFile.Read(path);
        if (array.Shape.Length != 1)
        {
            throw new AudioException(path, $"has {array.Shape.Length} dimensions; a signal has one");
        }

        array.Data.CopyTo(buffer.Decoded(array.Data.Length, 0));
        return array.Data.Length;
    }

    private static int Decode(string path, DecodeBuffer buffer, out int rate, CancellationToken ct)
    {
        long bytes = InvalidFileException.Guard(path, () => new FileInfo(path).Length);
        if (bytes == 0)
        {
            throw new AudioException(path, "is empty; record or copy it again");
        }

        long missing = InvalidFileException.Guard(path, () => WaveHeader.MissingBytes(path));
        if (missing != 0)
        {
            throw new AudioException(path, $"is cut short: {missing:N0} bytes are missing at its end; copy it again");
        }

        try
        {
            return buffer.Decoders.Decode(path, bytes, buffer, out rate, ct);
        }
        catch (Exception error) when (error is DllNotFoundException or EntryPointNotFoundException)
        {
            throw Missing(path, SndFile.Package, error);
        }
    }

    private static int IndexOfImpossible(ReadOnlySpan<float> samples)
    {
        for (int i = 0; i < samples.Length; i++)
        {
            if (!(Math.Abs(samples[i]) <= LargestSample))
            {
                return i;
            }
        }

        return -1;
    }

    private static AudioException Missing(string path, string package, Exception error) =>
        new(path, $"cannot be decoded: the library of the package {package} is missing; install it", error);
}
