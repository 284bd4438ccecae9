using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using static GpuSer.Cuda.Native.CudaMathImports;

namespace GpuSer.Cuda.Native;

// cuFFT and cuBLAS.
internal sealed unsafe partial class NativeCudaDriver
{
    private const int FftForward = -1;
    private const int FftInverse = 1;

    // Full float32, no TF32 (CUBLAS_PEDANTIC_MATH).
    private const int PedanticMath = 2;

    // cuFFT's handle does not know its kind, and an execution needs it.
    private readonly ConcurrentDictionary<nint, FftKind> _fftKinds = new();

    /// <inheritdoc/>
    public nint FftPlan(int size, FftKind kind, int batch, int inputDistance, int outputDistance)
    {
        FftType type = kind switch
        {
            FftKind.RealToComplex => FftType.RealToComplex,
            FftKind.ComplexToReal => FftType.ComplexToReal,
            _ => FftType.ComplexToComplex,
        };
        int plan;
        int inputEmbed = inputDistance, outputEmbed = outputDistance;
        try
        {
            Check(cufftPlanMany(&plan, 1, &size, &inputEmbed, 1, inputDistance, &outputEmbed, 1, outputDistance, type, batch));
        }
        catch (DllNotFoundException)
        {
            throw Missing(CudaLibraries.Fft);
        }

        // cuFFT counts its handles from 0, which means none here.
        nint handle = plan + 1;
        _fftKinds[handle] = kind;
        return handle;
    }

    /// <inheritdoc/>
    public void FftDestroy(nint plan)
    {
        _fftKinds.TryRemove(plan, out _);
        Check(cufftDestroy((int)plan - 1));
    }

    /// <inheritdoc/>
    public void FftExecute(nint plan, ulong input, ulong output, nint stream)
    {
        int handle = (int)plan - 1;
        Check(cufftSetStream(handle, stream));
        switch (_fftKinds[plan])
        {
            case FftKind.RealToComplex:
                Check(cufftExecR2C(handle, input, output));
                break;
            case FftKind.ComplexToReal:
                Check(cufftExecC2R(handle, input, output));
                break;
            case FftKind.ComplexForward:
                Check(cufftExecC2C(handle, input, output, FftForward));
                break;
            default:
                Check(cufftExecC2C(handle, input, output, FftInverse));
                break;
        }
    }

    /// <inheritdoc/>
    public nint BlasCreate()
    {
        nint handle;
        try
        {
            Check(cublasCreate_v2(&handle));
        }
        catch (DllNotFoundException)
        {
            throw Missing(CudaLibraries.Blas);
        }

        Check(cublasSetMathMode(handle, PedanticMath));
        return handle;
    }

    /// <inheritdoc/>
    public void BlasDestroy(nint handle) => Check(cublasDestroy_v2(handle));

    /// <inheritdoc/>
    public void BlasGemm(nint handle, nint stream, in GemmArguments arguments)
    {
        GemmArguments g = arguments;
        float alpha = g.Alpha, beta = g.Beta;
        Check(cublasSetStream_v2(handle, stream));
        Check(cublasSgemmStridedBatched(
            handle,
            g.TransposeA ? 1 : 0,
            g.TransposeB ? 1 : 0,
            g.M,
            g.N,
            g.K,
            &alpha,
            g.A,
            g.LeadingA,
            g.StrideA,
            g.B,
            g.LeadingB,
            g.StrideB,
            &beta,
            g.C,
            g.LeadingC,
            g.StrideC,
            g.Batch));
    }

    private static CudaException Missing(string library) =>
        new($"{CudaLibraries.Candidates(library)}", "not found", "install the CUDA toolkit's libraries, or choose the fused STFT and sparse filter banks");

    private static void Check(FftResult result, [CallerArgumentExpression(nameof(result))] string call = "")
    {
        if (result != FftResult.CUFFT_SUCCESS)
            throw new CudaException(call, result.ToString());
    }

    private static void Check(BlasStatus status, [CallerArgumentExpression(nameof(status))] string call = "")
    {
        if (status != BlasStatus.CUBLAS_STATUS_SUCCESS)
            throw new CudaException(call, status.ToString());
    }
}
