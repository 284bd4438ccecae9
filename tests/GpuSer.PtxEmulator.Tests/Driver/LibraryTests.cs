using System.Numerics;
using GpuSer.Cuda;

namespace GpuSer.PtxEmulator.Tests.Driver;

/// <summary>cuFFT and cuBLAS calls against their defining sums.</summary>
public class LibraryTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]
    [InlineData(12)]
    [InlineData(30)]
    [InlineData(64)]
    [InlineData(97)]
    public void Complex_transforms_match_their_sum_both_ways(int size)
    {
        const int Batch = 3;
        int inputDistance = size + 2;
        int outputDistance = size + 1;
        using var device = new EmulatedDevice();
        float[] x = Values(2 * inputDistance * Batch, 1);
        foreach (FftKind kind in new[] { FftKind.ComplexForward, FftKind.ComplexInverse })
        {
            float[] y = Execute(device, size, kind, Batch, inputDistance, outputDistance, x, Enumerable.Repeat(99f, 2 * outputDistance * Batch).ToArray());
            int sign = kind == FftKind.ComplexForward ? -1 : 1;
            for (int b = 0; b < Batch; b++)
            {
                for (int k = 0; k < size; k++)
                {
                    Complex sum = Sum(size, n => new Complex(x[2 * ((b * inputDistance) + n)], x[(2 * ((b * inputDistance) + n)) + 1]), sign * k);
                    Assert.Equal(sum.Real, y[2 * ((b * outputDistance) + k)], 1e-5);
                    Assert.Equal(sum.Imaginary, y[(2 * ((b * outputDistance) + k)) + 1], 1e-5);
                }

                Assert.Equal(99f, y[2 * ((b * outputDistance) + size)]); // between transforms nothing is written
            }
        }
    }

    [Theory]
    [InlineData(6)]
    [InlineData(15)]
    [InlineData(64)]
    public void Real_transforms_match_their_sum_and_return(int size)
    {
        int half = (size / 2) + 1;
        using var device = new EmulatedDevice();
        float[] x = Values(size * 2, 2);
        float[] spectrum = Execute(device, size, FftKind.RealToComplex, 2, size, half, x, new float[4 * half]);
        for (int k = 0; k < half; k++)
        {
            Complex sum = Sum(size, n => x[size + n], -k);
            Assert.Equal(sum.Real, spectrum[2 * (half + k)], 1e-5);
            Assert.Equal(sum.Imaginary, spectrum[(2 * (half + k)) + 1], 1e-5);
        }

        float[] back = Execute(device, size, FftKind.ComplexToReal, 2, half, size, spectrum, new float[2 * size]);
        for (int n = 0; n < 2 * size; n++)
            Assert.Equal(x[n] * size, back[n], 1e-4);
    }

    [Theory]
    [InlineData(false, false, 1f, 0f)]
    [InlineData(true, false, 2f, 0.5f)]
    [InlineData(false, true, -1f, 1f)]
    [InlineData(true, true, 0.5f, 0f)]
    public void Products_match_their_sum(bool transposeA, bool transposeB, float alpha, float beta)
    {
        const int M = 5;
        const int N = 7;
        const int K = 11;
        const int Batch = 2;
        (int leadingA, int leadingB, int leadingC) = (13, 12, 6);
        using var device = new EmulatedDevice();
        float[] a = Values(13 * 13, 3); // one A for both
        float[] b = Values(Batch * 150, 4);
        float[] c = Values(Batch * 50, 5);
        ulong deviceC = device.Upload(c);
        nint blas = device.Driver.BlasCreate();

        device.Driver.BlasGemm(blas, 0, new(transposeA, transposeB, M, N, K, alpha, device.Upload(a), leadingA, 0, device.Upload(b), leadingB, 150, beta, deviceC, leadingC, 50, Batch));

        float[] actual = device.Download<float>(deviceC, c.Length);
        var expected = (float[])c.Clone();
        for (int batch = 0; batch < Batch; batch++)
        {
            for (int row = 0; row < M; row++)
            {
                for (int column = 0; column < N; column++)
                {
                    double sum = Enumerable.Range(0, K).Sum(k =>
                        (double)a[transposeA ? k + (row * leadingA) : row + (k * leadingA)]
                        * b[(batch * 150) + (transposeB ? column + (k * leadingB) : k + (column * leadingB))]);
                    int at = (batch * 50) + row + (column * leadingC);
                    expected[at] = (float)((alpha * sum) + (beta * c[at]));
                }
            }
        }

        Assert.Equal(expected, actual);
        device.Driver.BlasDestroy(blas);
    }

    [Fact]
    public void Libraries_read_only_what_was_written_and_stay_within_memory()
    {
        using var device = new EmulatedDevice();
        EmulatedCudaDriver driver = device.Driver;
        ulong unwritten = device.Allocate(8 * 16);
        ulong written = device.Upload(new float[32]);
        nint plan = driver.FftPlan(16, FftKind.ComplexForward, 1, 16, 16);
        nint blas = driver.BlasCreate();
        Assert.Equal("CUDA_ERROR_ILLEGAL_ADDRESS", Assert.Throws<CudaException>(() => driver.FftExecute(plan, unwritten, written, 0)).ErrorName);
        Assert.Equal("CUDA_ERROR_INVALID_VALUE", Assert.Throws<CudaException>(() => driver.FftExecute(plan, written + 8, unwritten, 0)).ErrorName);
        Assert.Equal("CUFFT_INVALID_SIZE", Assert.Throws<CudaException>(() => driver.FftPlan(0, FftKind.ComplexForward, 1, 1, 1)).ErrorName);
        GemmArguments product = new(false, false, 4, 4, 4, 1, written, 4, 0, written, 4, 0, 0, unwritten, 4, 0, 1);
        driver.BlasGemm(blas, 0, product); // beta 0 needs no old C
        driver.MarkUnwritten(unwritten, 64);
        Assert.Equal("CUDA_ERROR_ILLEGAL_ADDRESS", Assert.Throws<CudaException>(() => driver.BlasGemm(blas, 0, product with { Beta = 1 })).ErrorName);
        Assert.Equal("CUBLAS_STATUS_INVALID_VALUE", Assert.Throws<CudaException>(() => driver.BlasGemm(blas, 0, product with { LeadingA = 3 })).ErrorName);
        driver.FftExecute(plan, written, unwritten, 0);
        Assert.Equal(1, driver.DriverCounters.FftExecutions);
        driver.FftDestroy(plan);
    }

    private static float[] Values(int n, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, n).Select(_ => (2 * random.NextSingle()) - 1)];
    }

    private static Complex Sum(int size, Func<int, Complex> x, int k) =>
        Enumerable.Range(0, size).Aggregate(Complex.Zero, (sum, n) => sum + (x(n) * Complex.FromPolarCoordinates(1, 2 * Math.PI * (n * k % size) / size)));

    private static float[] Execute(EmulatedDevice device, int size, FftKind kind, int batch, int inputDistance, int outputDistance, float[] x, float[] y)
    {
        ulong output = device.Upload(y);
        nint plan = device.Driver.FftPlan(size, kind, batch, inputDistance, outputDistance);
        device.Driver.FftExecute(plan, device.Upload(x), output, 0);
        device.Driver.FftDestroy(plan);
        return device.Download<float>(output, y.Length);
    }
}
