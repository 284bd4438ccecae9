using System.Globalization;
using GpuSer.Features.Hpss;
using GpuSer.Features.Mel;
using GpuSer.Features.Stft;

namespace GpuSer.PtxEmulator.Tests.Kernels;

public sealed class HpssKernelTests
{
    public static TheoryData<int, int, int, int> Shapes => new()
    {
        // Frames at a time, frames of a tile, samples, batch: every variant, tiles with further frames, last tiles of one frame,
        // signals shorter than a tile, than a window, of one frame and of one sample.
        { 4, 4, 512 * 24, 1 },
        { 4, 6, 5000, 3 },
        { 8, 8, 512 * 16, 2 },
        { 8, 11, 512 * 33, 1 },
        { 17, 17, (512 * 34) + 100, 1 },
        { 17, 20, 20_000, 2 },
        { 17, 17, 1, 3 },
        { 4, 4, 600, 1 },
    };

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Every_variant_matches_the_cpu_within_guards(int framesAtATime, int tileFrames, int samples, int batch)
    {
        using KernelDevice device = new(detectRaces: true);
        using GuardedMemory signals = Speechlike(device, batch, samples);
        int frames = StftTables.Frames(samples);
        HpssTiling tiling = new(framesAtATime, tileFrames, (frames + tileFrames - 1) / tileFrames);
        using SeparationRun run = new(device, signals, batch, samples, tiling);

        using FeatureExtractor cpu = new(threads: 1);
        for (int b = 0; b < batch; b++)
        {
            FeatureStages expected = cpu.ComputeStages(signals.Values.Slice(b * samples, samples));
            AssertClose(expected["hp_mel"].Data, run.Columns(SeparationRun.HpssColumn, MelTables.HpssBands, b), 1e-5);
            AssertClose(expected["contrast"].Data, run.Columns(SeparationRun.ContrastColumn, 7, b), 3e-3);
            if (b > 0)
                continue;
            foreach (FeatureStage stage in run.Stages)
                AssertClose(expected[stage.Name].Data, stage.Data, 1e-5);
        }
    }

    [Fact]
    public void A_steady_tone_is_harmonic_and_a_click_is_percussive()
    {
        const int Samples = 512 * 60, At = 512 * 30;
        using KernelDevice device = new();
        using GuardedMemory tone = new(device.Context, Samples), click = new(device.Context, Samples);
        for (int i = 0; i < Samples; i++)
            tone.Values[i] = MathF.Sin(2 * MathF.PI * 64 * i / StftTables.FftLength);
        click.Values.Clear();
        click.Values[At] = 1;

        using SeparationRun ofTone = new(device, tone, 1, Samples), ofClick = new(device, click, 1, Samples);

        // The first and the last frames see the tone begin and end, and a click lasts the four frames that cover it.
        Assert.True(Power(ofTone.Stages["percussive_y"].Data.AsSpan(4096..^4096)) < 1e-6 * Power(tone.Values));
        Assert.True(Power(ofClick.Stages["harmonic_y"].Data) < 1e-6 * Power(click.Values));
        Assert.Equal(1, ofClick.Stages["percussive_y"].Data[At], 1e-5);
    }

    [Fact]
    public void Silence_is_half_of_either_and_stays_finite()
    {
        using KernelDevice device = new();
        using GuardedMemory silence = new(device.Context, 9000);
        silence.Values.Clear();

        using SeparationRun run = new(device, silence, 1, 9000);

        float[] masks = new float[run.Frames * StftTables.Bins];
        run.Hpss.Masks!.CopyTo(masks, device.Stream);
        Assert.All(masks, mask => Assert.Equal(0.5f, mask));
        Assert.All(run.Columns(SeparationRun.HpssColumn, MelTables.HpssBands, 0), value => Assert.Equal(0, value));
        Assert.All(run.Columns(SeparationRun.ContrastColumn, 7, 0), value => Assert.Equal(0, value));
    }

    [Fact]
    public void A_flat_spectrum_has_no_contrast()
    {
        using KernelDevice device = new();
        using GuardedMemory impulse = new(device.Context, 512 * 4);
        impulse.Values.Clear();
        impulse.Values[512 * 2] = 1;

        using SeparationRun run = new(device, impulse, 1, 512 * 4);

        Assert.All(run.Columns(SeparationRun.ContrastColumn, 7, 0), value => Assert.Equal(0, value, 1e-3));
    }

    [Theory]
    [InlineData(16, 130, 132, 227)]
    [InlineData(16, 130, 40, 64)]
    [InlineData(1, 1, 132, 227)]
    [InlineData(1, 317, 82, 99)]
    [InlineData(64, 431, 108, 163)]
    public void A_tiling_covers_the_frames_and_fits_the_device(int batch, int frames, int multiprocessors, int kilobytes)
    {
        HpssTiling tiling = HpssTiling.Choose(batch, frames, multiprocessors, kilobytes << 10);

        Assert.InRange(tiling.Tiles * tiling.TileFrames, frames, frames + tiling.TileFrames - 1);
        Assert.InRange(tiling.TileFrames, tiling.FramesAtATime, 32);
        Assert.InRange(tiling.SharedBytes, 1, kilobytes << 10);
    }

    [Fact]
    public void A_device_with_too_little_shared_memory_is_refused() =>
        Assert.Throws<ArgumentException>(() => HpssTiling.Choose(1, 1, 1, 48 << 10));

    private static void AssertClose(float[] expected, float[] actual, double limit)
    {
        double error = Difference.Between(actual, expected).Relative;
        Assert.True(error <= limit, error.ToString(CultureInfo.InvariantCulture));
    }

    private static double Power(ReadOnlySpan<float> values)
    {
        double sum = 0;
        foreach (float value in values)
            sum += (double)value * value;
        return sum;
    }

    // Gliding harmonics with clicks and noise: both medians have something to find in every band.
    private static GuardedMemory Speechlike(KernelDevice device, int batch, int samples)
    {
        GuardedMemory signals = new(device.Context, batch * samples);
        Random random = new(batch + samples);
        for (int i = 0; i < batch * samples; i++)
        {
            double t = (double)(i % samples) / StftTables.SampleRate, pitch = 120 + (30 * (i / samples)) + (80 * t), sum = 0;
            for (int k = 1; k <= 40; k++)
                sum += Math.Sin(2 * Math.PI * k * pitch * t) / k;
            signals.Values[i] = (float)((0.2 * sum) + (0.1 * (random.NextDouble() - 0.5)) + (i % 3000 == 1500 ? 0.8 : 0));
        }

        return signals;
    }
}
