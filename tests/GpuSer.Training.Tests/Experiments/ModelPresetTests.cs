using GpuSer.Training.Experiments;

namespace GpuSer.Training.Tests.Experiments;

public class ModelPresetTests
{
    private static readonly TrainOptions Complete = new() { Epochs = 3, LearningRate = 0.5, Seed = 9, Weights = "w" };

    [Fact]
    public void Each_model_leaves_out_what_it_says_and_nothing_else()
    {
        Assert.Equal(["A", "B", "C", "D", "E", "F"], ModelPreset.All.Select(model => model.Name));
        Assert.Equal(Complete, ModelPreset.A.Apply(Complete));
        Assert.Equal(Complete with { Network = Complete.Network with { BatchNorm = false } }, ModelPreset.B.Apply(Complete));
        Assert.Equal(Complete with { CutMixAlpha = 0 }, ModelPreset.C.Apply(Complete));
        Assert.Equal(Complete with { Augmentation = null }, ModelPreset.D.Apply(Complete));
        Assert.Equal(Complete with { CutMixAlpha = 0, Augmentation = null }, ModelPreset.E.Apply(Complete));
        Assert.Equal(Complete with { PadBatches = false }, ModelPreset.F.Apply(Complete));
        Assert.Equal(6, ModelPreset.All.Select(model => model.Apply(Complete)).Distinct().Count());
    }

    [Fact]
    public void Only_the_complete_models_figure_is_known()
    {
        Assert.Equal(0.8773, ModelPreset.A.PaperAccuracy);
        Assert.All(ModelPreset.All.Skip(1), model => Assert.Null(model.PaperAccuracy));
    }

    [Fact]
    public void Letters_are_found_and_others_are_not()
    {
        Assert.Same(ModelPreset.F, ModelPreset.Find("f"));
        Assert.Null(ModelPreset.Find("G"));
    }
}
