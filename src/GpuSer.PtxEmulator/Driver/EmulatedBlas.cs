using GpuSer.Cuda;

namespace GpuSer.PtxEmulator.Driver;

/// <summary>Matrix products as cuBLAS has them: column-major, each element summed in double and rounded once.</summary>
internal sealed unsafe class EmulatedBlas
{
    public static void Validate(in GemmArguments gemm)
    {
        bool sizes = gemm.M >= 0 && gemm.N >= 0 && gemm.K >= 0 && gemm.Batch >= 0;
        bool leading = gemm.LeadingA >= Math.Max(1, gemm.TransposeA ? gemm.K : gemm.M)
            && gemm.LeadingB >= Math.Max(1, gemm.TransposeB ? gemm.N : gemm.K)
            && gemm.LeadingC >= Math.Max(1, gemm.M);
        if (!sizes || !leading)
        {
            throw new CudaException("cublasSgemmStridedBatched", "CUBLAS_STATUS_INVALID_VALUE",
                $"m {gemm.M}, n {gemm.N}, k {gemm.K}, batch {gemm.Batch}, leading {gemm.LeadingA}, {gemm.LeadingB}, {gemm.LeadingC}");
        }
    }

    public static void Multiply(in GemmArguments gemm, float* a, float* b, float* c)
    {
        (int m, int n, int k) = (gemm.M, gemm.N, gemm.K);
        (long stepA, long rowA) = gemm.TransposeA ? (1L, (long)gemm.LeadingA) : (gemm.LeadingA, 1L);
        (long stepB, long columnB) = gemm.TransposeB ? ((long)gemm.LeadingB, 1L) : (1L, gemm.LeadingB);
        float alpha = gemm.Alpha;
        float beta = gemm.Beta;
        long leadingC = gemm.LeadingC;
        Parallel.For(0, n, () => new double[m], (column, _, sums) =>
        {
            Array.Clear(sums);
            for (int inner = 0; inner < k; inner++)
            {
                double factor = b[(inner * stepB) + (column * columnB)];
                float* left = a + (inner * stepA);
                for (int row = 0; row < m; row++)
                    sums[row] += left[row * rowA] * factor;
            }

            float* result = c + (column * leadingC);
            for (int row = 0; row < m; row++)
                result[row] = (float)((alpha * sums[row]) + (beta == 0 ? 0 : beta * (double)result[row]));
            return sums;
        }, _ => { });
    }
}
