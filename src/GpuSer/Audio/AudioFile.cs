using GpuSer.Features.Stft;
using GpuSer.IO;

namespace GpuSer.Audio;

/// <summary>Reads recordings: decodes them through libsndfile, mixes them to one channel, resamples them through libsoxr's HQ recipe.</summary>
public static class AudioFile
{
    private const int BlockFrames = 1 << 14;
    private const int FirstLength = 1 << 20;

    private static readonly HashSet<string> Extensions = new(StringComparer.OrdinalIgnoreCase)
    {
        ".wav", ".flac", ".ogg", ".oga", ".opus", ".mp3", ".aif", ".aiff", ".aifc", ".au", ".snd", ".caf", ".w64", ".rf64",
    };

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
    /// <exception cref="InvalidFileException">The file is missing, empty, damaged, cut short, not audio, or has samples that are not finite.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="ct"/> was cancelled.</exception>
    public static float[] ReadMono(string path, int sampleRate = StftTables.SampleRate, CancellationToken ct = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(sampleRate, 1);
        return ReadMono(path, sampleRate, new DecodeBuffer(), ct).ToArray();
    }

    /// <summary>As the public one, into memory that is used again for the next recording.</summary>
    internal static Span<float> ReadMono(string path, int sampleRate, DecodeBuffer buffer, CancellationToken ct)
    {
        bool isArray = Path.GetExtension(path).Equals(".npy", StringComparison.OrdinalIgnoreCase);
        int rate = StftTables.SampleRate, length = isArray ? ReadArray(path, buffer) : Decode(path, buffer, out rate, ct);
        Span<float> samples = buffer.Decoded(length, length)[..length];
        if (samples.Length == 0)
        {
            throw new AudioException(path, "holds no samples; record it again");
        }

        int bad = IndexOfNotFinite(samples);
        if (bad >= 0)
        {
            throw new AudioException(path, $"sample {bad:N0} is {samples[bad]}, not a finite number; export it again");
        }

        ct.ThrowIfCancellationRequested();
        if (rate == sampleRate)
        {
            return samples;
        }

        Span<float> resampled = buffer.Resampled(Resampler.Length(length, rate, sampleRate));
        try
        {
            Resampler.Resample(samples, rate, sampleRate, resampled);
        }
        catch (Exception error) when (error is DllNotFoundException or EntryPointNotFoundException)
        {
            throw Missing(path, Soxr.Package, error);
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
            (SndFileHandle file, SndFileInfo info) = Open(path);
            file.Dispose();
            return new AudioInfo(info.SampleRate, info.Channels, info.Frames);
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
            return ReadFrames(path, bytes, buffer, out rate, ct);
        }
        catch (Exception error) when (error is DllNotFoundException or EntryPointNotFoundException)
        {
            throw Missing(path, SndFile.Package, error);
        }
    }

    private static int ReadFrames(string path, long bytes, DecodeBuffer buffer, out int rate, CancellationToken ct)
    {
        (SndFileHandle file, SndFileInfo info) = Open(path);
        using SndFileHandle opened = file;
        if (info.Frames > Array.MaxLength)
        {
            throw new AudioException(path, "is too long; cut it into parts");
        }

        rate = info.SampleRate;
        Span<float> block = buffer.Block(BlockFrames * info.Channels);
        // A damaged header may promise any length: memory is taken as samples come, unless the file is long enough to hold them.
        int total = (int)info.Frames, count = 0;
        Span<float> mono = buffer.Decoded((int)Math.Min(total, Math.Max(bytes, FirstLength)), 0);
        while (count < total)
        {
            ct.ThrowIfCancellationRequested();
            int frames = (int)SndFile.ReadFrames(file, block, Math.Min(BlockFrames, total - count));
            if (frames <= 0)
            {
                throw new AudioException(path, SndFile.Error(file) == 0
                    ? $"is cut short: {total - count:N0} of {total:N0} samples are missing; copy it again"
                    : $"is damaged ({SndFile.Message(file)}); copy or export it again");
            }

            if (count + frames > mono.Length)
            {
                mono = buffer.Decoded((int)Math.Min(total, 2L * mono.Length), count);
            }

            Mix(block[..(frames * info.Channels)], mono.Slice(count, frames));
            count += frames;
        }

        return total;
    }

    private static (SndFileHandle File, SndFileInfo Info) Open(string path)
    {
        SndFileInfo info = default;
        SndFileHandle file = SndFile.Open(path, SndFile.Read, ref info);
        if (!file.IsInvalid)
        {
            return (file, info);
        }

        file.Dispose();
        throw new AudioException(path, $"is not audio that can be decoded ({SndFile.Message(null)}); convert it to WAV or FLAC");
    }

    private static void Mix(ReadOnlySpan<float> interleaved, Span<float> mono)
    {
        int channels = interleaved.Length / mono.Length;
        if (channels == 1)
        {
            interleaved.CopyTo(mono);
            return;
        }

        for (int i = 0; i < mono.Length; i++)
        {
            float sum = 0;
            foreach (float value in interleaved.Slice(i * channels, channels))
            {
                sum += value;
            }

            mono[i] = sum / channels;
        }
    }

    private static int IndexOfNotFinite(ReadOnlySpan<float> samples)
    {
        for (int i = 0; i < samples.Length; i++)
        {
            if (!float.IsFinite(samples[i]))
            {
                return i;
            }
        }

        return -1;
    }

    private static AudioException Missing(string path, string package, Exception error) =>
        new(path, $"cannot be decoded: the library of the package {package} is missing; install it", error);
}
