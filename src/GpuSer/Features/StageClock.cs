using System.Diagnostics;

namespace GpuSer.Features;

/// <summary>A part of the way to the image whose time is told apart.</summary>
internal enum TimedStage
{
    Stft,
    Tuning,
    Mel,
    Contrast,
    Medians,
    Separation,
    SeparatedMel,
    Chroma,
    Octaves,
    ConstantQ,
    Tonnetz,
    Mfcc,
    Image,
}

/// <summary>Adds up the time that each stage takes: what has passed since the last lap is the lap's stage's.</summary>
internal sealed class StageClock
{
    private readonly long[] _ticks = new long[Enum.GetValues<TimedStage>().Length];
    private long _last;

    /// <summary>Forgets all times and starts.</summary>
    public void Restart()
    {
        Array.Clear(_ticks);
        _last = Stopwatch.GetTimestamp();
    }

    /// <summary>Ends a lap.</summary>
    public void Lap(TimedStage stage)
    {
        long now = Stopwatch.GetTimestamp();
        _ticks[(int)stage] += now - _last;
        _last = now;
    }

    /// <summary>Time of a stage since the start.</summary>
    public TimeSpan this[TimedStage stage] => Stopwatch.GetElapsedTime(0, _ticks[(int)stage]);
}
