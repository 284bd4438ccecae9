using System.Collections.Frozen;

namespace GpuSer.Cuda;

/// <summary>A CUDA driver, cuFFT or cuBLAS call failed.</summary>
public class CudaException : GpuSerException
{
    // After one of these every later call of the process on that context fails too (CUDA driver API, CUresult).
    private static readonly FrozenSet<string> StickyErrors = FrozenSet.Create(
        "CUDA_ERROR_ASSERT",
        "CUDA_ERROR_CONTAINED",
        "CUDA_ERROR_CONTEXT_IS_DESTROYED",
        "CUDA_ERROR_ECC_UNCORRECTABLE",
        "CUDA_ERROR_EXTERNAL_DEVICE",
        "CUDA_ERROR_HARDWARE_STACK_ERROR",
        "CUDA_ERROR_ILLEGAL_ADDRESS",
        "CUDA_ERROR_ILLEGAL_INSTRUCTION",
        "CUDA_ERROR_INVALID_ADDRESS_SPACE",
        "CUDA_ERROR_INVALID_PC",
        "CUDA_ERROR_LAUNCH_FAILED",
        "CUDA_ERROR_LAUNCH_TIMEOUT",
        "CUDA_ERROR_MISALIGNED_ADDRESS",
        "CUDA_ERROR_MPS_CLIENT_TERMINATED",
        "CUDA_ERROR_TENSOR_MEMORY_LEAK");

    /// <summary>Creates the error of one call.</summary>
    /// <param name="call">The driver call, such as <c>cuModuleLoadDataEx</c>.</param>
    /// <param name="errorName">The driver's name of the error, such as <c>CUDA_ERROR_INVALID_PTX</c>.</param>
    /// <param name="detail">What else is known: the driver's text, the JIT's log, the emulator's finding.</param>
    public CudaException(string call, string errorName, string? detail = null)
        : base(detail is null ? $"{call}: {errorName}" : $"{call}: {errorName}: {detail}")
    {
        Call = call;
        ErrorName = errorName;
    }

    /// <summary>The driver call that failed.</summary>
    public string Call { get; }

    /// <summary>The driver's name of the error.</summary>
    public string ErrorName { get; }

    /// <summary>Whether the error leaves its context unusable; <see cref="CudaContext"/> closes itself on such a one.</summary>
    public bool IsSticky => StickyErrors.Contains(ErrorName);
}

/// <summary>The device, or page-locked host memory, has no room left.</summary>
public sealed class CudaOutOfMemoryException : CudaException
{
    /// <summary>Creates the error of one allocation.</summary>
    public CudaOutOfMemoryException(string call, nuint bytes)
        : base(call, "CUDA_ERROR_OUT_OF_MEMORY", $"no room for {bytes:N0} bytes; use a smaller --batch or shorter recordings")
    {
        Bytes = bytes;
    }

    /// <summary>Bytes asked for.</summary>
    public nuint Bytes { get; }
}

/// <summary>There is no usable CUDA device or driver on this machine.</summary>
public sealed class CudaUnavailableException : CudaException
{
    /// <summary>Creates the error.</summary>
    /// <param name="detail">What was looked for, and the way out.</param>
    /// <param name="isExpected">Whether the machine has nothing of NVIDIA's, so that nobody can have expected a GPU.</param>
    public CudaUnavailableException(string detail, bool isExpected = false)
        : base("cuInit", "no CUDA device", detail)
    {
        IsExpected = isExpected;
    }

    /// <summary>
    /// Whether the machine has no driver or no GPU. False where there is a driver that cannot be used: then somebody who did not ask for
    /// a device wants to be told as well.
    /// </summary>
    public bool IsExpected { get; }

    internal static CudaUnavailableException NoDriver(string library) =>
        new($"{library} not found; install NVIDIA's driver, or use --device cpu", isExpected: true);

    internal static CudaUnavailableException NoDevice() => new("the driver finds no GPU; use --device cpu", isExpected: true);

    internal static CudaUnavailableException TooOld(string version, string least) =>
        new($"the driver is of {version}, {least} is needed; install a newer driver, or use --device cpu");

    internal static CudaUnavailableException Broken(CudaException error) =>
        new($"the driver does not work ({error.Message}); use --device cpu");
}
