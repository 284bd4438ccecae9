using GpuSer.Cuda;
using static TorchSharp.torch;

namespace GpuSer.Training;

/// <summary>Which of torch's devices goes with a driver.</summary>
internal static class TorchDevice
{
    private const string EmulatedDriver = "emulated";

    /// <summary>Whether a network can be where this context's kernels write: always on the emulator, on a GPU where this torch knows CUDA.</summary>
    public static bool Knows(CudaContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return context.Driver.Name == EmulatedDriver || cuda.is_available();
    }

    /// <summary>The CPU where features are computed there or on the emulator, whose memory is the host's; else the GPU.</summary>
    /// <exception cref="TrainingException">There is no libtorch here; or a GPU is asked for, and this torch knows none.</exception>
    internal static Device For(CudaContext? context)
    {
        RequireTorch();
        if (context is null || context.Driver.Name == EmulatedDriver)
        {
            return CPU;
        }

        return cuda.is_available()
            ? CUDA
            : throw new TrainingException("this libtorch was built without CUDA or finds no GPU; name one that has it with LIBTORCH, or train with --device cpu");
    }

    // The first call into torch is where its absence shows; here it is told as an error of ours, before anything is begun.
    private static void RequireTorch()
    {
        try
        {
            _ = get_num_threads();
        }
        catch (Exception error) when (error is DllNotFoundException or TypeInitializationException)
        {
            throw new TrainingException((error is TypeInitializationException { InnerException: Exception inner } ? inner : error).Message, error);
        }
    }
}
