namespace GpuSer.Console.Bench;

/// <summary>Time of one stage.</summary>
/// <param name="Name">The stage: a part of the work on the CPU, a kernel on a device.</param>
/// <param name="Milliseconds">An utterance: the median on the CPU, the mean of a device.</param>
/// <param name="Share">Of all stages.</param>
internal sealed record StageFigures(string Name, double Milliseconds, double Share);

/// <summary>Where a device's time goes, an utterance.</summary>
/// <param name="Batch">Signals of a batch.</param>
/// <param name="PaddedSeconds">The length that each is padded to: no speech, and not counted as any.</param>
/// <param name="KernelMilliseconds">The kernels alone, by the device's clock.</param>
/// <param name="TransferMilliseconds">Samples to the device and images back, by the device's clock.</param>
/// <param name="EndToEndMilliseconds">From samples in the host's memory to images there, by the host's clock.</param>
internal sealed record DeviceFigures(
    int Batch, double PaddedSeconds, double KernelMilliseconds, double TransferMilliseconds, double EndToEndMilliseconds);

/// <summary>What another library took for the same utterances in the same run.</summary>
/// <param name="Name">The library.</param>
/// <param name="Version">Its version.</param>
/// <param name="Threads">Threads that its libraries might use: as many as ours.</param>
/// <param name="Utterances">How many it made.</param>
/// <param name="MillisecondsPerUtterance">Time of an image, decoding not counted.</param>
/// <param name="DecodeMillisecondsPerUtterance">Time of decoding and of selecting voiced samples.</param>
/// <param name="Ratio">Its time of an image over ours.</param>
internal sealed record PeerFigures(
    string Name, string Version, int Threads, int Utterances, double MillisecondsPerUtterance, double DecodeMillisecondsPerUtterance, double Ratio);

/// <summary>The document of <c>gpuser bench --json</c>.</summary>
internal sealed record BenchReport
{
    /// <summary>Where images were made.</summary>
    public required string Device { get; init; }

    /// <summary>Threads that shared the utterances.</summary>
    public required int Threads { get; init; }

    /// <summary>The folder of the recordings; null for signals made by formula.</summary>
    public string? Data { get; init; }

    /// <summary>Different utterances.</summary>
    public required int Utterances { get; init; }

    /// <summary>Their mean length in seconds.</summary>
    public required double SecondsPerUtterance { get; init; }

    /// <summary>Images made in the measured time.</summary>
    public required long Images { get; init; }

    /// <summary>From samples to image: wall time over images.</summary>
    public required double MillisecondsPerUtterance { get; init; }

    /// <summary>Likewise, of the fastest pass over all utterances: the one that other work on the machine disturbed least.</summary>
    public required double FastestMillisecondsPerUtterance { get; init; }

    /// <summary>Likewise, user and system time of the process.</summary>
    public required double ProcessorMillisecondsPerUtterance { get; init; }

    /// <summary>Seconds of signal over seconds taken.</summary>
    public required double TimesRealTime { get; init; }

    /// <summary>Managed memory that a warm pass over the utterances allocates, all threads together.</summary>
    public long? AllocatedBytes { get; init; }

    /// <summary>Recordings a second from file to image, decoding counted; null for signals made by formula.</summary>
    public double? FilesPerSecond { get; init; }

    /// <summary>Time of each stage on one thread, or of each kernel.</summary>
    public required IReadOnlyList<StageFigures> Stages { get; init; }

    /// <summary>Most memory that the process has held.</summary>
    public required long PeakBytes { get; init; }

    /// <summary>The parts of a device's time.</summary>
    public DeviceFigures? DeviceTimes { get; init; }

    /// <summary>The same utterances on the CPU, in the same run, where the device is another.</summary>
    public BenchReport? Cpu { get; init; }

    /// <summary>The same utterances by another library, in the same run.</summary>
    public PeerFigures? Peer { get; init; }
}
