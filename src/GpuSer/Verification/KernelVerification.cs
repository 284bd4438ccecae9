using GpuSer.Cuda;

namespace GpuSer.Verification;

/// <summary>
/// Runs the kernels on a device and compares what they make: with golden files within the device's tolerances, and with the CPU's twins where
/// there is no golden file.
/// </summary>
internal static class KernelVerification
{
    /// <summary>Compares one kernel or signal after the other; each runs when its comparison is asked for.</summary>
    /// <param name="context">The device.</param>
    /// <param name="golden">The golden files.</param>
    /// <param name="batch">Signals of a batch of noise whose images are compared with the CPU's.</param>
    /// <param name="samples">Samples of each.</param>
    /// <param name="options">How features are computed: in kernels, or by cuFFT and cuBLAS; in the order of the golden files.</param>
    /// <exception cref="CudaException">The device failed.</exception>
    /// <exception cref="IO.InvalidFileException">A golden file is missing or damaged.</exception>
    public static IEnumerable<Comparison> Run(CudaContext context, GoldenFolder golden, int batch, int samples, FeatureOptions options)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(golden);
        return StageComparisons.OfGolden(context, golden, options)
            .Concat(StageComparisons.OfNoise(context, batch, samples, options))
            .Concat(StftComparisons.Run(context))
            .Concat(SignalComparisons.Run(context, golden))
            .Concat(TrainingComparisons.Run(context));
    }
}
