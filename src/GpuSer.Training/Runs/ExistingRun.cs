namespace GpuSer.Training.Runs;

/// <summary>What a training does with a run that is in its folder once it holds the folder's lock.</summary>
internal enum ExistingRun
{
    /// <summary>A new run takes its place.</summary>
    Replace,

    /// <summary>The training goes on with it, or reads it where it is done.</summary>
    Continue,

    /// <summary>The training fails, and the run stays: it came after the folder was found free, while the recordings were read.</summary>
    Refuse,
}
