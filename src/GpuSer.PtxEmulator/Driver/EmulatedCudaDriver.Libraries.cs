using GpuSer.Cuda;
using GpuSer.PtxEmulator.Driver;
using GpuSer.PtxEmulator.Memory;

namespace GpuSer.PtxEmulator;

public sealed unsafe partial class EmulatedCudaDriver
{
    /// <inheritdoc/>
    public nint FftPlan(int size, FftKind kind, int batch, int inputDistance, int outputDistance) => Locked("cufftPlanMany", () =>
    {
        if (size < 1 || batch < 1 || inputDistance < 0 || outputDistance < 0)
        {
            throw new CudaException("cufftPlanMany", "CUFFT_INVALID_SIZE",
                $"size {size}, batch {batch}, distances {inputDistance} and {outputDistance}");
        }

        _calls = _calls with { FftPlans = _calls.FftPlans + 1 };
        return _handles.Add(new EmulatedFft(size, kind, batch, inputDistance, outputDistance));
    });

    /// <inheritdoc/>
    public void FftDestroy(nint plan) => Locked("cufftDestroy", () => { _handles.Remove<EmulatedFft>("cufftDestroy", plan); });

    /// <inheritdoc/>
    public void FftExecute(nint plan, ulong input, ulong output, nint stream) => Locked("cufftExec", () =>
    {
        CheckStream("cufftSetStream", stream);
        EmulatedFft fft = _handles.Get<EmulatedFft>("cufftExec", plan);
        for (int b = 0; b < fft.Batch; b++)
        {
            ulong from = input + (ulong)(b * fft.InputPitch * sizeof(float));
            ulong to = output + (ulong)(b * fft.OutputPitch * sizeof(float));
            CheckWritten("cufftExec", from, (ulong)fft.InputFloats * sizeof(float));
            ulong bytes = (ulong)fft.OutputFloats * sizeof(float);
            DeviceRange target = _memory.FindAll("cufftExec", to, bytes);
            fft.Run((float*)from, (float*)to);
            target.MarkWritten(to, bytes);
        }

        _calls = _calls with { FftExecutions = _calls.FftExecutions + 1 };
    });

    /// <inheritdoc/>
    public nint BlasCreate() => Locked("cublasCreate", () => _handles.Add(new EmulatedBlas()));

    /// <inheritdoc/>
    public void BlasDestroy(nint handle) => Locked("cublasDestroy", () => { _handles.Remove<EmulatedBlas>("cublasDestroy", handle); });

    /// <inheritdoc/>
    public void BlasGemm(nint handle, nint stream, in GemmArguments arguments)
    {
        GemmArguments gemm = arguments;
        Locked("cublasSgemmStridedBatched", () =>
        {
            const string Call = "cublasSgemmStridedBatched";
            _handles.Get<EmulatedBlas>(Call, handle);
            CheckStream("cublasSetStream", stream);
            EmulatedBlas.Validate(gemm);
            for (int b = 0; b < gemm.Batch; b++)
                Multiply(Call, gemm, b);
            _calls = _calls with { MatrixProducts = _calls.MatrixProducts + 1 };
        });
    }

    private void Multiply(string call, in GemmArguments gemm, int batch)
    {
        ulong a = gemm.A + (ulong)(batch * gemm.StrideA * sizeof(float));
        ulong b = gemm.B + (ulong)(batch * gemm.StrideB * sizeof(float));
        ulong c = gemm.C + (ulong)(batch * gemm.StrideC * sizeof(float));
        if (gemm.Alpha != 0)
        {
            CheckColumns(call, a, gemm.TransposeA ? gemm.K : gemm.M, gemm.TransposeA ? gemm.M : gemm.K, gemm.LeadingA, true);
            CheckColumns(call, b, gemm.TransposeB ? gemm.N : gemm.K, gemm.TransposeB ? gemm.K : gemm.N, gemm.LeadingB, true);
        }

        CheckColumns(call, c, gemm.M, gemm.N, gemm.LeadingC, gemm.Beta != 0);
        EmulatedBlas.Multiply(gemm, (float*)a, (float*)b, (float*)c);
        for (int column = 0; column < gemm.N; column++)
        {
            ulong at = c + ((ulong)column * (ulong)gemm.LeadingC * sizeof(float));
            ulong bytes = (ulong)gemm.M * sizeof(float);
            _memory.FindAll(call, at, bytes).MarkWritten(at, bytes);
        }
    }

    private void CheckColumns(string call, ulong start, int rows, int columns, int leading, bool isRead)
    {
        for (int column = 0; column < columns && rows > 0; column++)
        {
            ulong at = start + ((ulong)column * (ulong)leading * sizeof(float));
            ulong bytes = (ulong)rows * sizeof(float);
            if (isRead)
                CheckWritten(call, at, bytes);
            else
                _memory.FindAll(call, at, bytes);
        }
    }
}
