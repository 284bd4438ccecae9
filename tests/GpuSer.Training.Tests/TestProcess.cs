using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

// Seed and number of threads of torch belong to the process, so tests that draw from it must not run beside each other.
[assembly: CollectionBehavior(DisableTestParallelization = true)]

namespace GpuSer.Training.Tests;

/// <summary>
/// Has oneDNN use its AVX2 convolutions, also where there is AVX-512. Both are right to a few parts in a million, but they sum in different orders,
/// and a network of rectifiers and maxima decides otherwise wherever a value comes within rounding of a tie: such decisions move gradients by
/// 1e-3 to 1e-2, in double precision just as in single. Measured on the golden network: of 22,419,200 decisions, AVX2's order, SSE's, and inputs changed by
/// 1e-7, decide some 330 otherwise than double precision does; forced to the same decisions, double precision gives the same gradients to 1e-4 and
/// less. The golden network was run with sums in AVX2's order, where ours agrees to 1e-7 in all norms.
/// </summary>
internal static partial class TestProcess
{
    [ModuleInitializer]
    internal static void ChooseKernels()
    {
        // The environment of .NET is a copy; a native library sees what setenv sets.
        _ = SetEnvironmentVariable("DNNL_MAX_CPU_ISA", "AVX2", 1);
    }

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetEnvironmentVariable(string name, string value, int overwrite);
}
