namespace GpuSer.Training.Optimisation;

/// <summary>How Adam's step size goes over a training.</summary>
public enum LearningRateSchedule
{
    /// <summary>It stays, as in the paper.</summary>
    Constant,

    /// <summary>It falls in a straight line to zero.</summary>
    Linear,

    /// <summary>It falls along half a cosine to zero (Loshchilov and Hutter 2017, without restarts).</summary>
    Cosine,
}

/// <summary>Step sizes by the number of the step alone, so that nothing needs to be kept to go on from the middle of a run.</summary>
internal static class LearningRateSchedules
{
    /// <summary>Step size of a step.</summary>
    /// <param name="schedule">How it goes.</param>
    /// <param name="rate">The first step's, positive.</param>
    /// <param name="step">Which step, from 0.</param>
    /// <param name="steps">How many there are.</param>
    public static double RateAt(this LearningRateSchedule schedule, double rate, long step, long steps)
    {
        double done = (double)step / steps;
        return schedule switch
        {
            LearningRateSchedule.Linear => rate * (1 - done),
            LearningRateSchedule.Cosine => rate * 0.5 * (1 + Math.Cos(Math.PI * done)),
            _ => rate,
        };
    }
}
