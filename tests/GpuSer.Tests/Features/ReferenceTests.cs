using GpuSer.Reference;
using GpuSer.Reference.Recipe;

namespace GpuSer.Tests.Features;

/// <summary>The plain recipe against the golden files, and the library against the plain recipe.</summary>
public sealed class ReferenceTests : IDisposable
{
    private readonly FeatureExtractor _extractor = new(threads: 1);

    public void Dispose() => _extractor.Dispose();

    [SkippableTheory]
    [InlineData("speech_short")]
    [InlineData("synth_gaps")]
    public void Recipe_reproduces_the_golden_files(string signal)
    {
        Skip.IfNot(Golden.Present, "golden files are absent");
        foreach (FeatureStage stage in ReferenceImage.Stages(Golden.Load(signal, "voiced").Data))
        {
            AssertWithin(stage, Golden.Load(signal, stage.Name).Data, signal);
        }
    }

    [Theory]
    [InlineData(16384)]
    [InlineData(20001)]
    [InlineData(7777)]
    [InlineData(2048)]
    public void Library_is_within_the_tolerances_of_the_recipe(int samples)
    {
        float[] signal = Signals.Voice(samples, samples);
        FeatureStages expected = ReferenceImage.Stages(signal);
        foreach (FeatureStage stage in _extractor.ComputeStages(signal))
        {
            AssertWithin(stage, expected[stage.Name].Data, "voice");
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(511)]
    [InlineData(512)]
    [InlineData(513)]
    [InlineData(1023)]
    [InlineData(1600)]
    public void Signals_shorter_than_a_frame_follow_the_recipe(int samples)
    {
        float[] signal = Signals.Voice(samples, 3);
        FeatureStages expected = ReferenceImage.Stages(signal);
        foreach (FeatureStage stage in _extractor.ComputeStages(signal))
        {
            // So few frames have valleys under float32's own noise: contrast is only judged in longer signals.
            if (stage.Name is not ("contrast" or "rows" or "image"))
            {
                AssertWithin(stage, expected[stage.Name].Data, "voice");
            }
        }
    }

    [Fact]
    public void Silence_and_single_clicks_stay_finite()
    {
        float[] click = new float[9000];
        click[5000] = 1;
        foreach (float[] signal in new[] { new float[9000], click, [0f], [1e-30f], [1e15f, -1e15f, 3e14f] })
        {
            FeatureStages stages = _extractor.ComputeStages(signal);
            Assert.All(stages, stage => Assert.All(stage.Data, value => Assert.True(float.IsFinite(value), stage.Name)));
            Assert.All(stages["image"].Data, value => Assert.InRange(value, -1, 1));
        }
    }

    private static void AssertWithin(FeatureStage stage, float[] expected, string signal)
    {
        if (stage.Name == "rows")
        {
            return;
        }

        if (stage.Name == "image")
        {
            double excess = Tolerances.ImageExcess(stage.Data, expected, signal);
            Assert.True(excess <= 1, $"image of {signal}: {excess:F2} of what is allowed");
            return;
        }

        Difference difference = Difference.Between(stage.Data, expected);
        double limit = Tolerances.Relative(stage.Name, signal)!.Value;
        Assert.True(difference.Relative <= limit, $"{signal}/{stage.Name}: e {difference.Relative:E1}, a {difference.Largest:E1}, limit {limit:E1}");
    }
}
