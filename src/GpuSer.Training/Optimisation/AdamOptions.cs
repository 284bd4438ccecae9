namespace GpuSer.Training.Optimisation;

/// <summary>Parameters of Adam (Kingma and Ba 2015), with torch's defaults.</summary>
internal sealed record AdamOptions
{
    /// <summary>Step size, positive.</summary>
    public double LearningRate { get; init; } = 1e-3;

    /// <summary>Decay of the gradients' mean, in [0, 1).</summary>
    public double Beta1 { get; init; } = 0.9;

    /// <summary>Decay of the squared gradients' mean, in [0, 1).</summary>
    public double Beta2 { get; init; } = 0.999;

    /// <summary>Added to the root of the squared gradients' mean, positive.</summary>
    public double Epsilon { get; init; } = 1e-8;

    /// <summary>What is wrong with these options; empty where nothing is.</summary>
    public IReadOnlyList<string> Errors() => new OptionErrors()
        .Require(double.IsFinite(LearningRate) && LearningRate > 0, $"the learning rate must be positive, not {LearningRate}")
        .Require(Beta1 is >= 0 and < 1, $"Adam's beta 1 must be at least 0 and less than 1, not {Beta1}")
        .Require(Beta2 is >= 0 and < 1, $"Adam's beta 2 must be at least 0 and less than 1, not {Beta2}")
        .Require(double.IsFinite(Epsilon) && Epsilon > 0, $"Adam's epsilon must be positive, not {Epsilon}")
        .List;
}
