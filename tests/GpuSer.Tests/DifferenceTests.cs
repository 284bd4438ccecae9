using GpuSer.Tests.Features;

namespace GpuSer.Tests;

/// <summary>The comparer itself: it must see the faults that it is there for.</summary>
public sealed class DifferenceTests
{
    [Fact]
    public void Equal_arrays_do_not_differ() => Assert.Equal(new Difference(0, 0), Difference.Between([1, 2, 3], [1, 2, 3]));

    [Fact]
    public void Errors_are_relative_to_the_golden_norm()
    {
        Difference difference = Difference.Between([3, 4.5f], [3, 4]);
        Assert.Equal(0.1, difference.Relative, 1e-12);
        Assert.Equal(0.5, difference.Largest, 1e-12);
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void What_is_not_finite_is_infinitely_far(float value)
    {
        Assert.Equal(double.PositiveInfinity, Difference.Between([1, value], [1, 2]).Relative);
        Assert.Equal(double.PositiveInfinity, Difference.Between([1, 2], [1, value]).Largest);
    }

    [Fact]
    public void Different_lengths_are_an_error() => Assert.Throws<ArgumentException>(() => Difference.Between([1], [1, 2]));

    [Fact]
    public void Planted_faults_in_stages_and_images_are_found()
    {
        using FeatureExtractor extractor = new(threads: 1);
        FeatureStages stages = extractor.ComputeStages(Signals.Voice(9000));
        foreach (FeatureStage stage in stages.Where(stage => stage.Shape.Length == 2 && stage.Name is not ("rows" or "image")))
        {
            // One frame too late; a largest value a hundredth off.
            float[] late = [.. stage.Data[^1..], .. stage.Data[..^1]];
            float[] off = [.. stage.Data];
            off[Array.IndexOf(off, off.MaxBy(Math.Abs))] *= 1.01f;
            double limit = Tolerances.Relative(stage.Name, "voice")!.Value;
            Assert.True(Difference.Between(late, stage.Data).Relative > limit, stage.Name);
            Assert.True(stage.Name == "contrast" || Difference.Between(off, stage.Data).Relative > limit, stage.Name);
        }

        float[] image = stages["image"].Data;
        for (int row = 0; row < 230; row++)
        {
            float[] wrong = [.. image];
            wrong[230 + row] += 0.011f;
            Assert.True(Tolerances.ImageExcess(wrong, image, "voice") > 1);
        }

        Assert.Equal(double.PositiveInfinity, Tolerances.ImageExcess([float.NaN, .. image[1..]], image, "voice"));
    }
}
