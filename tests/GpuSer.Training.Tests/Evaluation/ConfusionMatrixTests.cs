using GpuSer.Training.Evaluation;

namespace GpuSer.Training.Tests.Evaluation;

public class ConfusionMatrixTests
{
    [Fact]
    public void Metrics_are_those_worked_out_by_hand()
    {
        // truth a: 3 right, 1 taken for b; truth b: 1 right, 1 taken for c; c does not occur.
        ConfusionMatrix matrix = new(["a", "b", "c"]);
        foreach ((int truth, int prediction) in ((int, int)[])[(0, 0), (0, 0), (0, 0), (0, 1), (1, 1), (1, 2)])
        {
            matrix.Add(truth, prediction);
        }

        Assert.Equal(4.0 / 6, matrix.Accuracy, 1e-15);
        Assert.Equal((0.75 + 0.5) / 2, matrix.UnweightedAverageRecall, 1e-15);
        Assert.Equal(((6.0 / 7) + (2.0 / 4) + 0) / 3, matrix.MacroF1, 1e-15);
        Assert.Equal([3, 1, 0], matrix.Counts[0]);
    }

    [Fact]
    public void An_empty_matrix_has_zeros_not_nan()
    {
        ConfusionMatrix matrix = new(["a", "b"]);

        Assert.Equal((0.0, 0.0, 0.0), (matrix.Accuracy, matrix.UnweightedAverageRecall, matrix.MacroF1));
    }
}
