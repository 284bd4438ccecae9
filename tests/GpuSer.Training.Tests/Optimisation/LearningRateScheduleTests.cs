using GpuSer.Training.Optimisation;

namespace GpuSer.Training.Tests.Optimisation;

public class LearningRateScheduleTests
{
    [Theory]
    [InlineData(LearningRateSchedule.Constant, 2, 2, 2)]
    [InlineData(LearningRateSchedule.Linear, 2, 1, 0.02)]
    [InlineData(LearningRateSchedule.Cosine, 2, 1, 0.000493)]
    public void The_rate_begins_with_its_own_and_falls_by_the_step(LearningRateSchedule schedule, double first, double middle, double last)
    {
        Assert.Equal(first, schedule.RateAt(2, 0, 100), 1e-12);
        Assert.Equal(middle, schedule.RateAt(2, 50, 100), 1e-12);
        Assert.Equal(last, schedule.RateAt(2, 99, 100), 1e-6);
    }
}
