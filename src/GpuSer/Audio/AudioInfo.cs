namespace GpuSer.Audio;

/// <summary>What a recording's header says of it.</summary>
/// <param name="SampleRate">Samples a second of each channel.</param>
/// <param name="Channels">Channels.</param>
/// <param name="Frames">Samples of each channel.</param>
public sealed record AudioInfo(int SampleRate, int Channels, long Frames)
{
    /// <summary>Duration in seconds.</summary>
    public double Seconds => Frames / (double)SampleRate;
}
