using System.Runtime.InteropServices;
using TorchSharp;

namespace GpuSer.Training.Machine;

/// <summary>The libtorch underneath, as it is loaded.</summary>
/// <param name="Number">Version that it says of itself.</param>
/// <param name="Path">Where it was loaded from; null where the system does not tell.</param>
/// <param name="BuiltWithCuda">Whether it has CUDA in it.</param>
/// <param name="FindsGpu">Whether it finds a GPU.</param>
/// <param name="Blas">What multiplies its matrices, and where that was loaded from.</param>
internal sealed record TorchLibrary(string Number, string? Path, bool BuiltWithCuda, bool FindsGpu, BlasLibrary Blas)
{
    /// <summary>Loads it.</summary>
    /// <exception cref="DllNotFoundException">It is missing, or the shim over it is.</exception>
    /// <exception cref="ExternalException">It does not work.</exception>
    public static TorchLibrary Load()
    {
        return new TorchLibrary(
            Version(), LoadedLibraries.PathOf("libtorch_cpu") ?? LoadedLibraries.PathOf("libtorch"), LoadedLibraries.PathOf("libtorch_cuda") is not null,
            torch.cuda.is_available(), BlasLibrary.Loaded());
    }

    // A type whose initialiser meets the missing library hides the reason in its own exception.
    private static string Version()
    {
        try
        {
            return torch.__version__;
        }
        catch (TypeInitializationException error) when (error.InnerException is DllNotFoundException reason)
        {
            throw new DllNotFoundException(reason.Message, error);
        }
    }

    /// <summary>Multiplies two matrices of ones of <paramref name="size"/> rows: every element must be <paramref name="size"/>.</summary>
    /// <returns>The least and the largest element.</returns>
    public static (float Min, float Max) MultiplyOnes(long size)
    {
        using DisposeScope scope = torch.NewDisposeScope();
        torch.Tensor product = torch.ones(size, size).mm(torch.ones(size, size));
        return (product.min().ToSingle(), product.max().ToSingle());
    }
}
