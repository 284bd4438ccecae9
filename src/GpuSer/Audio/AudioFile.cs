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
        bool isArray = Path.GetExtension(path).Equals(".npy", StringComparison.OrdinalIgnoreCase);
        (float[] samples, int rate) = isArray ? ReadArray(path) : Decode(path, ct);
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
        return WithLibrary(path, Soxr.Package, () => Resampler.Resample(samples, rate, sampleRate));
    }

    /// <summary>Reads a recording's header; what follows it may still be damaged.</summary>
    /// <exception cref="InvalidFileException">The file is missing, or is not audio that can be decoded.</exception>
    public static AudioInfo ReadInfo(string path)
    {
        InvalidFileException.Guard(path, () => new FileInfo(path).Length);
        return WithLibrary(path, SndFile.Package, () =>
        {
            (SndFileHandle file, SndFileInfo info) = Open(path);
            file.Dispose();
            return new AudioInfo(info.SampleRate, info.Channels, info.Frames);
        });
    }

    private static (float[] Samples, int Rate) ReadArray(string path)
    {
        NpyArray array = NpyFile.Read(path);
        return array.Shape.Length == 1
            ? (array.Data, StftTables.SampleRate)
            : throw new AudioException(path, $"has {array.Shape.Length} dimensions; a signal has one");
    }

    private static (float[] Samples, int Rate) Decode(string path, CancellationToken ct)
    {
        long length = InvalidFileException.Guard(path, () => new FileInfo(path).Length);
        if (length == 0)
        {
            throw new AudioException(path, "is empty; record or copy it again");
        }

        long missing = InvalidFileException.Guard(path, () => WaveHeader.MissingBytes(path));
        return missing == 0
            ? WithLibrary(path, SndFile.Package, () => ReadFrames(path, ct))
            : throw new AudioException(path, $"is cut short: {missing:N0} bytes are missing at its end; copy it again");
    }

    private static (float[] Samples, int Rate) ReadFrames(string path, CancellationToken ct)
    {
        (SndFileHandle file, SndFileInfo info) = Open(path);
        using SndFileHandle opened = file;
        if (info.Frames > Array.MaxLength)
        {
            throw new AudioException(path, "is too long; cut it into parts");
        }

        float[] block = new float[BlockFrames * info.Channels];
        // A damaged header may promise any length: memory is taken as samples come.
        int total = (int)info.Frames, count = 0;
        float[] mono = new float[Math.Min(total, FirstLength)];
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
                Array.Resize(ref mono, (int)Math.Min(total, 2L * mono.Length));
            }

            Mix(block.AsSpan(0, frames * info.Channels), mono.AsSpan(count, frames));
            count += frames;
        }

        return (mono, info.SampleRate);
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

    private static T WithLibrary<T>(string path, string package, Func<T> run)
    {
        try
        {
            return run();
        }
        catch (Exception error) when (error is DllNotFoundException or EntryPointNotFoundException)
        {
            throw new AudioException(path, $"cannot be decoded: the library of the package {package} is missing; install it", error);
        }
    }
}
