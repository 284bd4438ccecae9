namespace GpuSer.Training.Inference;

/// <summary>How long recordings are walked through.</summary>
public sealed record PredictOptions
{
    /// <summary>Length of a window in seconds.</summary>
    public double WindowSeconds { get; init; } = 3;

    /// <summary>From the beginning of a window to that of the next, in seconds.</summary>
    public double HopSeconds { get; init; } = 1;

    /// <summary>Recordings up to this many seconds are judged whole, as they are in training.</summary>
    public double WholeSeconds { get; init; } = 10;

    /// <summary>What is wrong with these options; empty where nothing is.</summary>
    public IReadOnlyList<string> Errors() => new OptionErrors()
        .Require(double.IsFinite(WindowSeconds) && WindowSeconds >= 0.1, $"the window must be at least 0.1 seconds, not {WindowSeconds}")
        .Require(double.IsFinite(HopSeconds) && HopSeconds >= 0.01, $"the hop must be at least 0.01 seconds, not {HopSeconds}")
        .Require(WholeSeconds >= 0, $"the longest recording judged whole cannot be of {WholeSeconds} seconds")
        .List;

    /// <summary>The windows of a recording in samples: whole ones, and one that ends with the recording where those leave a rest.</summary>
    internal IEnumerable<(int Start, int End)> Windows(int samples)
    {
        int window = (int)Math.Min(WindowSeconds * FeatureOptions.SampleRate, samples), hop = Math.Max(1, (int)Math.Min(HopSeconds * FeatureOptions.SampleRate, samples)), end = 0;
        for (int start = 0; start + window <= samples; start += hop)
        {
            end = start + window;
            yield return (start, end);
        }

        if (end < samples)
        {
            yield return (samples - window, samples);
        }
    }
}
