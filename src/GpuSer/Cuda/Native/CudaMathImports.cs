using System.Runtime.InteropServices;

namespace GpuSer.Cuda.Native;

/// <summary>cuFFT's and cuBLAS' entry points, each once.</summary>
internal static unsafe partial class CudaMathImports
{
    [LibraryImport(CudaLibraries.Fft)]
    public static partial FftResult cufftPlanMany(
        int* plan, int rank, int* size, int* inputEmbed, int inputStride, int inputDistance, int* outputEmbed, int outputStride, int outputDistance, FftType type, int batch);

    [LibraryImport(CudaLibraries.Fft)]
    public static partial FftResult cufftDestroy(int plan);

    [LibraryImport(CudaLibraries.Fft)]
    public static partial FftResult cufftSetStream(int plan, nint stream);

    [LibraryImport(CudaLibraries.Fft)]
    public static partial FftResult cufftExecR2C(int plan, ulong input, ulong output);

    [LibraryImport(CudaLibraries.Fft)]
    public static partial FftResult cufftExecC2R(int plan, ulong input, ulong output);

    [LibraryImport(CudaLibraries.Fft)]
    public static partial FftResult cufftExecC2C(int plan, ulong input, ulong output, int direction);

    [LibraryImport(CudaLibraries.Blas)]
    public static partial BlasStatus cublasCreate_v2(nint* handle);

    [LibraryImport(CudaLibraries.Blas)]
    public static partial BlasStatus cublasDestroy_v2(nint handle);

    [LibraryImport(CudaLibraries.Blas)]
    public static partial BlasStatus cublasSetStream_v2(nint handle, nint stream);

    [LibraryImport(CudaLibraries.Blas)]
    public static partial BlasStatus cublasSetMathMode(nint handle, int mode);

    [LibraryImport(CudaLibraries.Blas)]
    public static partial BlasStatus cublasSgemmStridedBatched(
        nint handle,
        int transposeA,
        int transposeB,
        int m,
        int n,
        int k,
        float* alpha,
        ulong a,
        int leadingA,
        long strideA,
        ulong b,
        int leadingB,
        long strideB,
        float* beta,
        ulong c,
        int leadingC,
        long strideC,
        int batch);
}

/// <summary>cufftType.</summary>
internal enum FftType
{
    ComplexToComplex = 0x29,
    RealToComplex = 0x2a,
    ComplexToReal = 0x2c,
}

/// <summary>cufftResult (cufft.h).</summary>
internal enum FftResult
{
    CUFFT_SUCCESS,
    CUFFT_INVALID_PLAN,
    CUFFT_ALLOC_FAILED,
    CUFFT_INVALID_TYPE,
    CUFFT_INVALID_VALUE,
    CUFFT_INTERNAL_ERROR,
    CUFFT_EXEC_FAILED,
    CUFFT_SETUP_FAILED,
    CUFFT_INVALID_SIZE,
    CUFFT_UNALIGNED_DATA,
    CUFFT_INVALID_DEVICE = 11,
    CUFFT_NO_WORKSPACE = 13,
    CUFFT_NOT_IMPLEMENTED = 14,
    CUFFT_NOT_SUPPORTED = 16,
    CUFFT_MISSING_DEPENDENCY = 17,
    CUFFT_NVRTC_FAILURE = 18,
    CUFFT_NVJITLINK_FAILURE = 19,
    CUFFT_NVSHMEM_FAILURE = 20,
}

/// <summary>cublasStatus_t (cublas_api.h).</summary>
internal enum BlasStatus
{
    CUBLAS_STATUS_SUCCESS = 0,
    CUBLAS_STATUS_NOT_INITIALIZED = 1,
    CUBLAS_STATUS_ALLOC_FAILED = 3,
    CUBLAS_STATUS_INVALID_VALUE = 7,
    CUBLAS_STATUS_ARCH_MISMATCH = 8,
    CUBLAS_STATUS_MAPPING_ERROR = 11,
    CUBLAS_STATUS_EXECUTION_FAILED = 13,
    CUBLAS_STATUS_INTERNAL_ERROR = 14,
    CUBLAS_STATUS_NOT_SUPPORTED = 15,
    CUBLAS_STATUS_LICENSE_ERROR = 16,
}
