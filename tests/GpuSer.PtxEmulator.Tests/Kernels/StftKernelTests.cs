using System.Text.RegularExpressions;
using GpuSer.Cuda;
using GpuSer.Features.Stft;
using GpuSer.PtxEmulator.Counters;

namespace GpuSer.PtxEmulator.Tests.Kernels;

public sealed partial class StftKernelTests
{
    // A float32 transform of 4,096 points stays well under this of one in double.
    private const double Limit = 4e-7;

    public static TheoryData<int, int, int, int> Shapes => new()
    {
        // fftLength, hop, samples, batch: hops that do not divide, odd ones (odd frames are then misaligned pairs), one frame, odd batches.
        { 256, 64, 1000, 1 },
        { 256, 77, 1001, 3 },
        { 512, 128, 1001, 2 },
        { 1024, 333, 3000, 3 },
        { 2048, 512, 1, 1 },
        { 2048, 512, 511, 5 },
        { 2048, 512, 5000, 2 },
        { 2048, 441, 4411, 1 },
        { 4096, 1024, 9000, 1 },
        { 4096, 1, 3, 1 },
    };

    [Theory]
    [MemberData(nameof(Shapes))]
    public void The_fused_kernel_matches_the_definition(int fftLength, int hop, int samples, int batch)
    {
        using KernelDevice device = new(detectRaces: true);
        using GuardedMemory signal = Noise(device, samples, batch);
        int frames = 1 + (samples / hop);
        using StftCuda stft = new(device.Kernels, batch, frames, fftLength, hop);
        stft.SetSamples(signal.Address, samples, samples);
        stft.Launch.Run(device.Stream);

        AssertSpectrum(device, stft.Spectrum, stft.Pitch, signal.Values, fftLength, hop, samples, batch, frames);
        signal.AssertGuards();
    }

    [Theory]
    [InlineData(400, 160, 3001, 2)]
    [InlineData(1000, 250, 2000, 1)]
    [InlineData(441, 100, 900, 3)]
    [InlineData(2048, 512, 5000, 1)]
    public void The_cufft_way_matches_the_definition(int fftLength, int hop, int samples, int batch)
    {
        using KernelDevice device = new(detectRaces: true);
        using GuardedMemory signal = Noise(device, samples, batch);
        int frames = 1 + (samples / hop);
        using StftCuFft stft = new(device.Kernels, batch, frames, fftLength, hop);
        stft.SetSamples(signal.Address, samples, samples);
        stft.Launch.Run(device.Stream);
        stft.Transform(device.Stream);

        AssertSpectrum(device, stft.Spectrum, stft.Pitch, signal.Values, fftLength, hop, samples, batch, frames);
        signal.AssertGuards();
    }

    [Fact]
    public void An_impulse_has_a_flat_spectrum_of_the_windows_height_there()
    {
        const int FftLength = 2048, Hop = 512, At = 700;
        using KernelDevice device = new();
        using GuardedMemory signal = new(device.Context, 2000);
        signal.Values.Clear();
        signal.Values[At] = 1;
        int frames = 1 + (2000 / Hop);
        using StftCuda stft = new(device.Kernels, 1, frames, FftLength, Hop);
        stft.SetSamples(signal.Address, 2000, 2000);
        stft.Launch.Run(device.Stream);

        double[] window = StftTables.HannWindow(FftLength);
        float[] row = new float[2 * ((FftLength / 2) + 1)];
        for (int t = 0; t < frames; t++)
        {
            stft.Spectrum.CopyTo(row, device.Stream, 2L * t * stft.Pitch);
            int n = At - (t * Hop) + (FftLength / 2);
            double height = n is >= 0 and < FftLength ? window[n] : 0;
            for (int k = 0; k <= FftLength / 2; k++)
                Assert.Equal(height, double.Hypot(row[2 * k], row[(2 * k) + 1]), 1e-6);
        }
    }

    [Fact]
    public void Samples_between_count_and_pitch_are_not_read()
    {
        const int Pitch = 3000, Count = 2500;
        using KernelDevice device = new();
        using GuardedMemory padded = new(device.Context, 2 * Pitch), tight = new(device.Context, 2 * Count);
        padded.Values.Fill(float.NaN);
        for (int i = 0; i < 2 * Count; i++)
            padded.Values[(i / Count * Pitch) + (i % Count)] = tight.Values[i] = ((i * 2654435761u) >> 8 & 0xffff) / 32768f - 1;
        int frames = StftTables.Frames(Count);
        using StftCuda stft = new(device.Kernels, 2, frames);

        stft.SetSamples(padded.Address, Pitch, Count);
        stft.Launch.Run(device.Stream);
        AssertSpectrum(device, stft.Spectrum, stft.Pitch, tight.Values, StftTables.FftLength, StftTables.HopLength, Count, 2, frames);
    }

    [Theory]
    [InlineData(256)]
    [InlineData(512)]
    [InlineData(1024)]
    [InlineData(2048)]
    [InlineData(4096)]
    public void Every_size_meets_the_goals(int fftLength)
    {
        const int Frames = 64;
        int hop = fftLength / 4, samples = Frames * hop;
        using KernelDevice device = new();
        using GuardedMemory signal = Noise(device, samples, 2);
        using StftCuda stft = new(device.Kernels, 2, Frames, fftLength, hop);
        stft.SetSamples(signal.Address, samples, samples);
        stft.Launch.Run(device.Stream);

        KernelCounters counters = Assert.Single(device.Driver.KernelCounters);
        Assert.InRange(counters.UsefulSectorShare, 0.9, 1);
        Assert.InRange(counters.DeviceBytes, 0, 1.2 * stft.FloorBytes(samples));
        Assert.InRange(counters.BankConflictShare, 0, 0.1);
        Assert.InRange(counters.LiveRegisters, 1, 64);
        Assert.Equal(0, counters.LocalBytes);
    }

    [Fact]
    public void A_planted_off_by_one_is_caught()
    {
        // The guard of the surplus frame, frame >= frames, made frame > frames: with one frame, the block's second is then stored too.
        using KernelDevice device = new();
        using GuardedMemory signal = Noise(device, 100, 1);
        using StftCuda stft = new(device.Kernels, 1, 1);
        using CudaModule altered = device.LoadAltered("stft", text => PresentFrame().Replace(text, "setp.gt.s32$1"));
        float[] window = [.. StftTables.HannWindow(2048).Select(value => (float)value)];
        using DeviceBuffer<float> windowTable = new(device.Context, window), twiddles = new(device.Context, StftCudaTables.Twiddles(2048));
        KernelLaunch launch = new(
            altered.GetKernel("gpuser_stft2048_f32"), stft.Launch.Grid, stft.Launch.Block, 0,
            signal.Address, 100, 100, 512, 1, windowTable.Address, twiddles.Address, stft.Spectrum.Address, stft.Pitch);

        PtxFaultException fault = Assert.Throws<PtxFaultException>(() => launch.Run(device.Stream));

        Assert.Equal(PtxFault.OutOfBounds, fault.Fault);
        Assert.Equal("gpuser_stft2048_f32", fault.Kernel);
        Assert.InRange(fault.Thread.X, 128, 255);
    }

    [Fact]
    public void Frames_that_are_no_power_of_two_are_refused_by_the_fused_kernel()
    {
        using KernelDevice device = new();
        Assert.Throws<ArgumentException>(() => new StftCuda(device.Kernels, 1, 1, 400, 160));
        Assert.Throws<ArgumentException>(() => new StftCuda(device.Kernels, 1, 1, 128, 64));
        Assert.Throws<ArgumentException>(() => new StftCuda(device.Kernels, 1, 1, 8192, 64));
    }

    private static GuardedMemory Noise(KernelDevice device, int samples, int batch)
    {
        GuardedMemory signal = new(device.Context, samples * batch);
        Random random = new(samples);
        foreach (ref float value in signal.Values)
            value = (float)((2 * random.NextDouble()) - 1);
        return signal;
    }

    // Every seventh bin and the two at the ends, by the definition in double.
    private static void AssertSpectrum(
        KernelDevice device, DeviceBuffer<float> spectrum, int pitch, ReadOnlySpan<float> signal, int fftLength, int hop, int samples, int batch, int frames)
    {
        double[] window = StftTables.HannWindow(fftLength);
        int bins = (fftLength / 2) + 1;
        float[] row = new float[2 * bins];
        double error = 0, norm = 0;
        for (int frame = 0; frame < batch * frames; frame++)
        {
            spectrum.CopyTo(row, device.Stream, 2L * frame * pitch);
            Assert.DoesNotContain(row, float.IsNaN);
            int origin = (frame % frames * hop) - (fftLength / 2);
            ReadOnlySpan<float> own = signal.Slice(frame / frames * samples, samples);
            for (int k = 0; k < bins; k = k + 7 < bins || k == bins - 1 ? k + 7 : bins - 1)
            {
                double re = 0, im = 0;
                for (int n = Math.Max(0, -origin); n < Math.Min(fftLength, samples - origin); n++)
                {
                    (double sin, double cos) = Math.SinCos(-2 * Math.PI * ((long)n * k % fftLength) / fftLength);
                    double value = window[n] * own[origin + n];
                    re += value * cos;
                    im += value * sin;
                }

                error += Square(re - row[2 * k]) + Square(im - row[(2 * k) + 1]);
                norm += Square(re) + Square(im);
            }
        }

        Assert.True(error <= Limit * Limit * norm, $"relative error {Math.Sqrt(error / norm):E1}");
    }

    private static double Square(double value) => value * value;

    [GeneratedRegex(@"setp\.ge\.s32(.*%r\d+, %r\d+;\s*@%p\d+ bra)")]
    private static partial Regex PresentFrame();
}
