namespace GpuSer.Training.Optimisation;

/// <summary>Changes a network's parameters by their gradients.</summary>
public interface IOptimiser : IDisposable
{
    /// <summary>Makes one step from the parameters' gradients, and clears these.</summary>
    void Step();
}
