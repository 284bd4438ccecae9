using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using ManagedCuda.CudaBlas;
using ManagedCuda.CudaFFT;
using static ManagedCuda.CudaBlas.CudaBlasNativeMethods;
using static ManagedCuda.CudaFFT.CudaFFTNativeMethods;

namespace GpuSer.Cuda.Managed;

// cuFFT and cuBLAS.
internal sealed unsafe partial class ManagedCudaDriver
{
    // cuFFT's handle does not know its kind, and an execution needs it.
    private readonly ConcurrentDictionary<nint, FftKind> _fftKinds = new();

    /// <inheritdoc/>
    public nint FftPlan(int size, FftKind kind, int batch, int inputDistance, int outputDistance)
    {
        cufftType type = kind switch
        {
            FftKind.RealToComplex => cufftType.R2C,
            FftKind.ComplexToReal => cufftType.C2R,
            _ => cufftType.C2C,
        };
        cufftHandle plan = default;
        try
        {
            Check(cufftPlanMany(ref plan, 1, [size], [inputDistance], 1, inputDistance, [outputDistance], 1, outputDistance, type, batch));
        }
        catch (DllNotFoundException error)
        {
            throw Missing("cuFFT", error);
        }

        // cuFFT counts its handles from 0, which means none here.
        nint handle = (nint)plan.Handle + 1;
        _fftKinds[handle] = kind;
        return handle;
    }

    /// <inheritdoc/>
    public void FftDestroy(nint plan)
    {
        _fftKinds.TryRemove(plan, out _);
        Check(cufftDestroy(Plan(plan)));
    }

    /// <inheritdoc/>
    public void FftExecute(nint plan, ulong input, ulong output, nint stream)
    {
        cufftHandle handle = Plan(plan);
        Check(cufftSetStream(handle, Stream(stream)));
        switch (_fftKinds[plan])
        {
            case FftKind.RealToComplex:
                Check(cufftExecR2C(handle, Address(input), Address(output)));
                break;
            case FftKind.ComplexToReal:
                Check(cufftExecC2R(handle, Address(input), Address(output)));
                break;
            case FftKind.ComplexForward:
                Check(cufftExecC2C(handle, Address(input), Address(output), TransformDirection.Forward));
                break;
            default:
                Check(cufftExecC2C(handle, Address(input), Address(output), TransformDirection.Inverse));
                break;
        }
    }

    /// <inheritdoc/>
    public nint BlasCreate()
    {
        CudaBlasHandle handle = default;
        try
        {
            Check(cublasCreate_v2(ref handle));
        }
        catch (DllNotFoundException error)
        {
            throw Missing("cuBLAS", error);
        }

        Check(cublasSetMathMode(handle, ManagedCuda.CudaBlas.Math.PedanticMath));
        return handle.Pointer;
    }

    /// <inheritdoc/>
    public void BlasDestroy(nint handle) => Check(cublasDestroy_v2(new CudaBlasHandle { Pointer = handle }));

    /// <inheritdoc/>
    public void BlasGemm(nint handle, nint stream, in GemmArguments arguments)
    {
        GemmArguments g = arguments;
        float alpha = g.Alpha, beta = g.Beta;
        CudaBlasHandle blas = new() { Pointer = handle };
        Check(cublasSetStream_v2(blas, Stream(stream)));
        Check(cublasSgemmStridedBatched(
            blas,
            g.TransposeA ? Operation.Transpose : Operation.NonTranspose,
            g.TransposeB ? Operation.Transpose : Operation.NonTranspose,
            g.M,
            g.N,
            g.K,
            ref alpha,
            Address(g.A),
            g.LeadingA,
            g.StrideA,
            Address(g.B),
            g.LeadingB,
            g.StrideB,
            ref beta,
            Address(g.C),
            g.LeadingC,
            g.StrideC,
            g.Batch));
    }

    private static cufftHandle Plan(nint plan) => new() { Handle = (uint)(plan - 1) };

    private static CudaException Missing(string library, DllNotFoundException error) =>
        new(library, "not found", $"install the CUDA toolkit's libraries, or choose the fused STFT and sparse filter banks ({error.Message.ReplaceLineEndings(" ")})");

    private static void Check(cufftResult result, [CallerArgumentExpression(nameof(result))] string call = "")
    {
        if (result != cufftResult.Success)
            throw new CudaException(call, $"CUFFT {result}");
    }

    private static void Check(CublasStatus status, [CallerArgumentExpression(nameof(status))] string call = "")
    {
        if (status != CublasStatus.Success)
            throw new CudaException(call, $"CUBLAS {status}");
    }
}
