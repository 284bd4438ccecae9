using System.Runtime.InteropServices;
using GpuSer.Training.Machine;

namespace GpuSer.Console.Doctor;

/// <summary>libtorch, what multiplies its matrices, and its threads.</summary>
internal static class TorchChecks
{
    private const long Size = 256;
    private const string Waiting = "OMP_WAIT_POLICY";

    /// <summary>Whether libtorch loads and multiplies, and has CUDA where there is a GPU.</summary>
    /// <param name="load">Loads it.</param>
    /// <param name="multiply">Multiplies two matrices of ones; the least and the largest element.</param>
    /// <param name="device">What was asked for.</param>
    /// <param name="hasGpu">Whether there is a GPU that can be used.</param>
    public static Finding Library(Func<TorchLibrary> load, Func<long, (float Min, float Max)> multiply, DeviceChoice device, bool hasGpu)
    {
        try
        {
            TorchLibrary torch = load();
            (float min, float max) = multiply(Size);
            string found = $"{torch.Number} from {torch.Path ?? "a place that the system does not tell"}, built {(torch.BuiltWithCuda ? "with" : "without")} CUDA";
            if (min != Size || max != Size)
            {
                return Finding.Fault(
                    $"{found}; a product of ones is {min} to {max} where it must be {Size}", "its BLAS is at fault: install libopenblas0-pthread, or name another libtorch with LIBTORCH=DIR ./gpuser");
            }

            return hasGpu && !torch.FindsGpu && device is (DeviceChoice.Auto or DeviceChoice.Cuda)
                ? Finding.Missing(
                    device == DeviceChoice.Cuda, $"{found}; it finds no GPU, so that networks cannot be trained on it (features can be made there)",
                    "name a libtorch that was built with CUDA: LIBTORCH=DIR ./gpuser doctor")
                : Finding.Ok(found);
        }
        catch (Exception error) when (error is DllNotFoundException or EntryPointNotFoundException or BadImageFormatException)
        {
            return Finding.Fault(OneLine(error), "install it: sudo apt-get install -y libtorch-dev libopenblas0-pthread; in the repository ./gpuser build does that and builds the shim over it");
        }
        catch (ExternalException error)
        {
            return Finding.Fault($"it loads and does not work: {OneLine(error)}", "install libtorch-dev again, or name another libtorch with LIBTORCH=DIR ./gpuser");
        }
    }

    /// <summary>Whether matrices are multiplied fast.</summary>
    public static Finding Blas(Func<TorchLibrary> load)
    {
        try
        {
            BlasLibrary blas = load().Blas;
            string found = blas.Path is null ? blas.Name : $"{blas.Name}, from {blas.Path}";
            return blas.IsFast
                ? Finding.Ok(found)
                : Finding.Warning(found, "products of matrices are slow with it; install libopenblas0-pthread");
        }
        catch (Exception error) when (error is DllNotFoundException or EntryPointNotFoundException or BadImageFormatException or ExternalException)
        {
            return Finding.Ok("not known: libtorch does not load, see there");
        }
    }

    /// <summary>How torch's threads wait for each other.</summary>
    /// <param name="cores">Cores that this process may use, which is how many threads features and network take.</param>
    /// <param name="variable">Reads an environment variable as libtorch, which is loaded by now, sees it.</param>
    public static Finding Threads(int cores, Func<string, string?> variable)
    {
        string? policy = variable(Waiting);
        string found = $"{cores} of features and as many of torch; {Waiting} {(policy is null ? "is not set" : $"is {policy}")}";
        return "passive".Equals(policy, StringComparison.OrdinalIgnoreCase)
            ? Finding.Ok(found)
            : Finding.Warning(found, $"torch's idle threads take the cores from the features' while they spin; set {Waiting}=passive");
    }

    private static string OneLine(Exception error) => error.Message.Trim().ReplaceLineEndings("; ");
}
