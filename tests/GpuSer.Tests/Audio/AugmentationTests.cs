using GpuSer.Audio;

namespace GpuSer.Tests.Audio;

public class AugmentationTests
{
    private const int Rate = 22050;

    [Fact]
    public void Nothing_changed_is_the_signal_itself()
    {
        float[] signal = Tone(440, 1000), result = new float[1000];
        SignalAugmentation.None(1000).Apply(signal, 1, 2, result);
        Assert.Equal(signal, result);
    }

    [Fact]
    public void A_shift_is_circular()
    {
        float[] result = new float[5];
        (SignalAugmentation.None(5) with { Shift = 2 }).Apply([1, 2, 3, 4, 5], 0, 0, result);
        Assert.Equal([4, 5, 1, 2, 3], result);
    }

    [Theory]
    [InlineData(15)]
    [InlineData(30)]
    public void Noise_has_the_power_asked_for(double decibels)
    {
        float[] signal = Tone(300, 50000), result = new float[signal.Length];
        (SignalAugmentation.None(signal.Length) with { Noise = (float)Math.Pow(10, -decibels / 20), Signal = 7 }).Apply(signal, 5, 1, result);

        double power = signal.Sum(x => (double)x * x), noise = signal.Zip(result, (x, y) => Math.Pow((double)y - x, 2)).Sum();
        double mean = signal.Zip(result, (x, y) => (double)y - x).Average();
        Assert.Equal(decibels, 10 * Math.Log10(power / noise), 0.1);
        Assert.InRange(mean, -0.005, 0.005);
    }

    [Fact]
    public void Signals_steps_and_seeds_have_their_own_noise()
    {
        float[] signal = Tone(300, 1000);
        HashSet<float> firsts = [];
        foreach ((ulong seed, uint index, uint number) in new[] { (1UL, 0u, 0u), (2UL, 0u, 0u), (1UL << 32, 0u, 0u), (1UL, 1u, 0u), (1UL, 0u, 1u) })
        {
            float[] result = new float[1000];
            (SignalAugmentation.None(1000) with { Noise = 0.1f, Signal = number }).Apply(signal, seed, index, result);
            firsts.Add(result[500]);
        }

        Assert.Equal(5, firsts.Count);
    }

    [Theory]
    [InlineData(0.9)]
    [InlineData(0.97321)]
    [InlineData(1.1)]
    public void Speed_moves_a_tone_and_keeps_its_shape(double speed)
    {
        const double Frequency = 2000;
        float[] signal = Tone(Frequency, 4000);
        ulong step = (ulong)(speed * (1UL << 32));
        int length = (int)((((ulong)(signal.Length - 1) << 32) / step) + 1);
        float[] result = new float[length];
        (SignalAugmentation.None(length) with { Step = step }).Apply(signal, 0, 0, result);

        float[] expected = Tone(Frequency * speed, length);
        for (int i = 20; i < length - 20; i++)
            Assert.Equal(expected[i], result[i], 2e-3f);
    }

    [Fact]
    public void Draws_stay_in_their_ranges_and_half_of_them_change_something()
    {
        AugmentationOptions options = new();
        const int Draws = 4000, Length = 30000;
        int noise = 0, gain = 0, shift = 0, speed = 0;
        for (uint i = 0; i < Draws; i++)
        {
            SignalAugmentation draw = options.Draw(42, i, 3, Length);
            Assert.Equal(draw, options.Draw(42, i, 3, Length));
            double factor = draw.Step / 4294967296.0;
            Assert.InRange(factor, 0.9, 1.1);
            Assert.InRange(draw.Length, Length / 1.1 - 1, (Length / 0.9) + 1);
            Assert.InRange(draw.Gain, (float)Math.Pow(10, -6 / 20.0), (float)Math.Pow(10, 6 / 20.0));
            Assert.True(draw.Shift <= 0.1 * draw.Length + 1 || draw.Shift >= (0.9 * draw.Length) - 1);
            Assert.InRange(draw.Shift, 0, draw.Length - 1);
            if (draw.Noise != 0)
                Assert.InRange(draw.Noise, (float)Math.Pow(10, -30 / 20.0), (float)Math.Pow(10, -15 / 20.0));
            noise += draw.Noise != 0 ? 1 : 0;
            gain += draw.Gain != 1 ? 1 : 0;
            shift += draw.Shift != 0 ? 1 : 0;
            speed += draw.Step != 1UL << 32 ? 1 : 0;
        }

        foreach (int changed in new[] { noise, gain, shift, speed })
            Assert.InRange(changed / (double)Draws, 0.46, 0.54);
    }

    [Fact]
    public void A_draw_of_probability_0_changes_nothing() =>
        Assert.Equal(SignalAugmentation.None(500) with { Signal = 9 }, new AugmentationOptions { Probability = 0 }.Draw(1, 2, 9, 500));

    [Fact]
    public void Options_report_all_their_errors_at_once()
    {
        AugmentationOptions options = new() { Probability = double.NaN, LowestNoiseRatio = 40, LargestShift = 2 };
        string[] errors =
        [
            "augmentation: probability is NaN, not from 0 to 1",
            "augmentation: lowest signal-to-noise ratio is 40, not from 0 to 30",
            "augmentation: largest shift is 2, not from 0 to 0.5",
        ];
        Assert.Equal(errors, options.Errors());
        Assert.Empty(new AugmentationOptions().Errors());
    }

    [Fact]
    public void A_destination_of_another_length_is_refused() =>
        Assert.Throws<ArgumentException>(() => SignalAugmentation.None(10).Apply(new float[10], 0, 0, new float[9]));

    private static float[] Tone(double frequency, int samples) =>
        [.. Enumerable.Range(0, samples).Select(i => (float)(0.5 * Math.Sin(2 * Math.PI * frequency * i / Rate)))];
}
