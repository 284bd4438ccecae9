namespace GpuSer.Audio.Decoding;

/// <summary>Decodes in this process, where no other can be started.</summary>
internal static class OwnDecoder
{
    private const int BlockFrames = 1 << 14, BlockValues = 1 << 16;

    /// <inheritdoc cref="DecoderPool.ReadInfo"/>
    public static AudioInfo ReadInfo(string path)
    {
        (SndFileHandle file, AudioInfo info) = Open(path);
        file.Dispose();
        return info;
    }

    /// <inheritdoc cref="DecoderPool.Decode"/>
    public static int Decode(string path, long bytes, DecodeBuffer buffer, out int rate, CancellationToken ct)
    {
        (SndFileHandle file, AudioInfo info) = Open(path);
        using SndFileHandle opened = file;
        DecodedAudio audio = new(path, bytes, info, buffer);
        rate = info.SampleRate;
        int most = Math.Min(BlockFrames, BlockValues / info.Channels);
        Span<float> block = buffer.Block(most * info.Channels);
        while (audio.Count < audio.Total)
        {
            ct.ThrowIfCancellationRequested();
            int frames = (int)SndFile.ReadFrames(file, block, Math.Min(most, audio.Total - audio.Count));
            if (frames <= 0)
            {
                throw SndFile.Error(file) == 0 ? AudioException.CutShort(path, audio.Count, audio.Total) : AudioException.Damaged(path, SndFile.Message(file));
            }

            Mix(block[..(frames * info.Channels)], audio.Next(frames));
            audio.Add(frames);
        }

        return audio.Total;
    }

    private static (SndFileHandle File, AudioInfo Info) Open(string path)
    {
        SndFileInfo info = default;
        SndFileHandle file = SndFile.Open(path, SndFile.Read, ref info);
        if (!file.IsInvalid)
        {
            return (file, new AudioInfo(info.SampleRate, info.Channels, info.Frames));
        }

        file.Dispose();
        throw AudioException.NotAudio(path, SndFile.Message(null));
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
}
