namespace GpuSer.Audio.Decoding;

/// <summary>A recording while it is decoded: what its header says is checked, and memory is taken as samples come.</summary>
/// <remarks>A few bytes can promise, and in some formats hold, any number of samples; what can be asked of memory is bounded by the file's length.</remarks>
internal ref struct DecodedAudio
{
    /// <summary>The most channels that libsndfile gives.</summary>
    public const int MostChannels = 1024;

    /// <summary>Samples a second that a recording may have: less is no speech, and more no recorder's.</summary>
    public const int LowestRate = 1000, HighestRate = 1_000_000;

    /// <summary>Samples that any file may hold, and those that it may hold for each of its bytes where it is long: speech is coded in ten bits a sample at least a hundredth of the time.</summary>
    public const long MostSamples = 1 << 26, MostSamplesPerByte = 256;

    private const int FirstLength = 1 << 16;

    private readonly DecodeBuffer _buffer;
    private Span<float> _samples;

    /// <summary>Begins with what the header says.</summary>
    /// <param name="path">The recording.</param>
    /// <param name="bytes">Bytes of the file.</param>
    /// <param name="info">The header.</param>
    /// <param name="buffer">Where samples go.</param>
    /// <exception cref="AudioException">It is no recording's.</exception>
    public DecodedAudio(string path, long bytes, AudioInfo info, DecodeBuffer buffer)
    {
        Check(path, info);
        if (info.Frames > Math.Min(Array.MaxLength, Math.Max(MostSamples, MostSamplesPerByte * bytes)))
        {
            throw new AudioException(path, $"promises {info.Frames:N0} samples, more than a file of {bytes:N0} bytes should hold; cut it into parts, or export it again");
        }

        _buffer = buffer;
        Total = (int)info.Frames;
        _samples = buffer.Decoded((int)Math.Min(Total, Math.Max(bytes, FirstLength)), 0);
    }

    /// <summary>Samples that the header promises.</summary>
    public int Total { get; }

    /// <summary>Samples that have come.</summary>
    public int Count { get; private set; }

    /// <summary>Fails where a header's figures are no recording's.</summary>
    /// <exception cref="AudioException">They are not.</exception>
    public static void Check(string path, AudioInfo info)
    {
        if (info.SampleRate is < LowestRate or > HighestRate)
        {
            throw new AudioException(
                path, $"has {info.SampleRate:N0} samples a second, where a recording has {LowestRate:N0} to {HighestRate:N0}; its header is damaged, so export it again");
        }

        if (info.Channels is < 1 or > MostChannels || info.Frames < 0)
        {
            throw new AudioException(path, $"has {info.Channels:N0} channels and {info.Frames:N0} samples, which no recording has; export it again");
        }
    }

    /// <summary>Room for the next samples.</summary>
    public Span<float> Next(int count)
    {
        if (count > _samples.Length - Count)
        {
            _samples = _buffer.Decoded((int)Math.Min(Total, Math.Max(2L * _samples.Length, (long)Count + count)), Count);
        }

        return _samples.Slice(Count, count);
    }

    /// <summary>Says that the room was filled.</summary>
    public void Add(int count) => Count += count;
}
