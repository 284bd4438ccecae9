using GpuSer.Training.Evaluation;

namespace GpuSer.Training.Tests.Evaluation;

public class SpreadTests
{
    [Fact]
    public void Mean_and_deviation_are_those_worked_out_by_hand()
    {
        // Squares of the distances from 0.5: 0.09, 0.01, 0.01, 0.09; their sum over n - 1 = 3.
        Spread spread = Spread.Of(0.2, 0.4, 0.6, 0.8);

        Assert.Equal(0.5, spread.Mean, 1e-15);
        Assert.Equal(Math.Sqrt(0.2 / 3), spread.Deviation!.Value, 1e-15);
        Assert.Equal((0.2, 0.8, 4), (spread.Min, spread.Max, spread.Count));
        Assert.Equal("50.0 % +- 25.8 (n = 4, 20.0 to 80.0)", spread.Percent());
    }

    [Fact]
    public void One_value_has_no_deviation_and_equal_ones_have_none_to_speak_of()
    {
        Assert.Null(Spread.Of(0.75).Deviation);
        Assert.Equal("75.0 % (n = 1)", Spread.Of(0.75).Percent());
        Assert.Equal(0, Spread.Of(0.25, 0.25).Deviation);
        Assert.Throws<ArgumentException>(() => Spread.Of());
    }
}
