using static TorchSharp.torch;

namespace GpuSer.Training.Optimisation;

/// <summary>Changes a network's parameters by their gradients.</summary>
internal interface IOptimiser : IDisposable
{
    /// <summary>Step size of the steps to come, positive.</summary>
    double LearningRate { get; set; }

    /// <summary>How many steps were made.</summary>
    long Steps { get; set; }

    /// <summary>The moments, under the parameters' names with <c>exp_avg.</c> and <c>exp_avg_sq.</c> before them: with <see cref="Steps"/>, all of the state.</summary>
    IReadOnlyList<(string Name, Tensor Tensor)> State();

    /// <summary>Makes one step from the parameters' gradients, and clears these or lets them go. Parameters without a gradient stay.</summary>
    void Step();
}
