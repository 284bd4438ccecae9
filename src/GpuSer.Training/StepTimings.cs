namespace GpuSer.Training;

/// <summary>Where the time of training steps went, in seconds.</summary>
/// <param name="Features">What the step waited for its images, which are made during the step before, and CutMix.</param>
/// <param name="Forward">Logits and loss.</param>
/// <param name="Backward">Gradients.</param>
/// <param name="Optimiser">Adam.</param>
public readonly record struct StepTimings(double Features, double Forward, double Backward, double Optimiser)
{
    /// <summary>All parts together.</summary>
    public double Total => Features + Forward + Backward + Optimiser;

    /// <summary>Adds the parts one by one.</summary>
    public static StepTimings operator +(StepTimings a, StepTimings b) =>
        new(a.Features + b.Features, a.Forward + b.Forward, a.Backward + b.Backward, a.Optimiser + b.Optimiser);
}
