namespace GpuSer.Console.Bench;

/// <summary>Times of a training step in seconds, each the median of the steps measured.</summary>
/// <param name="Seconds">The step.</param>
/// <param name="Forward">Logits and loss.</param>
/// <param name="Backward">Gradients.</param>
/// <param name="Optimiser">Adam, and clearing the gradients.</param>
/// <param name="Processor">User and system time of the process, all threads: what other work on the machine disturbs least.</param>
internal readonly record struct StepFigures(double Seconds, double Forward, double Backward, double Optimiser, double Processor)
{
    /// <summary>The median of each figure.</summary>
    public static StepFigures Median(IReadOnlyList<StepFigures> steps) => new(
        Median(steps.Select(step => step.Seconds)),
        Median(steps.Select(step => step.Forward)),
        Median(steps.Select(step => step.Backward)),
        Median(steps.Select(step => step.Optimiser)),
        Median(steps.Select(step => step.Processor)));

    private static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }
}

/// <summary>PyTorch's step beside ours, both measured in turn.</summary>
/// <param name="Settings">Which environment it ran in.</param>
/// <param name="Version">Its version.</param>
/// <param name="Network">Where its network came from.</param>
/// <param name="Threads">Its threads.</param>
/// <param name="SameLibrary">Whether both have loaded the same file of libtorch.</param>
/// <param name="Step">Its times.</param>
/// <param name="Ours">Ours, of the steps between.</param>
internal sealed record StepPeer(string Settings, string Version, string Network, int Threads, bool SameLibrary, StepFigures Step, StepFigures Ours)
{
    /// <summary>Our time over its time.</summary>
    public double Ratio => Ours.Seconds / Step.Seconds;

    /// <summary>Our processor time over its processor time.</summary>
    public double ProcessorRatio => Ours.Processor / Step.Processor;
}

/// <summary>The document of <c>gpuser bench step --json</c>.</summary>
internal sealed record StepReport
{
    /// <summary>Name of the network.</summary>
    public required string Network { get; init; }

    /// <summary>Its parameters.</summary>
    public required long Parameters { get; init; }

    /// <summary>Images of the batch.</summary>
    public required int Batch { get; init; }

    /// <summary>Frames of an image.</summary>
    public required int Frames { get; init; }

    /// <summary>Rows of an image.</summary>
    public required int Rows { get; init; }

    /// <summary>Threads in use.</summary>
    public required int Threads { get; init; }

    /// <summary>Version of libtorch.</summary>
    public required string Torch { get; init; }

    /// <summary>Steps measured, of each that was compared.</summary>
    public required int Steps { get; init; }

    /// <summary>Our times, of all steps.</summary>
    public required StepFigures Step { get; init; }

    /// <summary>Most memory that this process has held.</summary>
    public required long PeakBytes { get; init; }

    /// <summary>PyTorch's own step; empty where it was not asked for.</summary>
    public required IReadOnlyList<StepPeer> Peers { get; init; }
}
