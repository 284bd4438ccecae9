using GpuSer.Cuda;
using GpuSer.Cuda.Ptx;

namespace GpuSer.PtxEmulator.Driver;

/// <summary>What a launch must keep to, as the driver checks it.</summary>
internal static class LaunchLimits
{
    public const int MaxThreads = 1024;

    public static Dim3 MaxGrid { get; } = new(int.MaxValue, 65535, 65535);

    public static Dim3 MaxBlock { get; } = new(1024, 1024, 64);

    /// <summary>Checks a launch against the device's limits and the kernel's.</summary>
    public static void Check(string call, EmulatedFunction function, Dim3 grid, Dim3 block, int dynamicSharedBytes)
    {
        PtxSignature signature = function.Code.Signature;
        string kernel = signature.Name;
        if (!Fits(grid, MaxGrid))
            throw Invalid(call, $"{kernel}: a grid of {grid} is not within 1 and {MaxGrid}");
        if (!Fits(block, MaxBlock) || block.Count > MaxThreads)
            throw Invalid(call, $"{kernel}: a block of {block} is not within 1 and {MaxBlock}, {MaxThreads} threads in all");
        if (signature.MaxThreads is int most && block.Count > most)
            throw Invalid(call, $"{kernel}: a block of {block} has more threads than the kernel's .maxntid of {most}");
        if (signature.RequiredBlock is { } required && block != required)
            throw Invalid(call, $"{kernel}: a block of {block} is not the kernel's .reqntid of {required}");
        if (dynamicSharedBytes < 0 || dynamicSharedBytes > function.MaxDynamicSharedBytes)
        {
            throw Invalid(call,
                $"{kernel}: {dynamicSharedBytes} bytes of dynamic shared memory are more than the {function.MaxDynamicSharedBytes} allowed; "
                + "raise its limit by cuFuncSetAttribute");
        }
    }

    private static bool Fits(Dim3 extent, Dim3 most) =>
        extent.X >= 1 && extent.X <= most.X && extent.Y >= 1 && extent.Y <= most.Y && extent.Z >= 1 && extent.Z <= most.Z;

    private static CudaException Invalid(string call, string detail) => new(call, "CUDA_ERROR_INVALID_VALUE", detail);
}
