using GpuSer.IO;
using GpuSer.Training;
using GpuSer.Training.Data;
using GpuSer.Training.Runs;

namespace GpuSer.Console.Commands;

/// <summary>What <c>gpuser train</c> is to do: a new run, or one that was begun.</summary>
/// <param name="Folder">The run's folder.</param>
/// <param name="Data">Where its recordings are.</param>
/// <param name="Dataset">What they are taken for.</param>
/// <param name="Options">How to train.</param>
/// <param name="Plan">How to split them.</param>
/// <param name="Split">The lists of a run that was begun; null where the plan makes them.</param>
/// <param name="Resumes">Whether it was begun.</param>
internal sealed record TrainJob(string Folder, string Data, string Dataset, TrainOptions Options, SplitPlan Plan, StoredSplit? Split, bool Resumes)
{
    /// <summary>A new run.</summary>
    /// <exception cref="InvalidFileException">There is a run in the folder already, or another process trains into it.</exception>
    public static TrainJob New(string folder, string data, string dataset, TrainOptions options, SplitPlan plan)
    {
        RunFolder.RequireFree(folder);
        return new TrainJob(folder, data, dataset, options, plan, null, Resumes: false);
    }

    /// <summary>A run that was begun, with the options it was begun with.</summary>
    /// <param name="folder">Its folder.</param>
    /// <param name="data">Where its recordings are now; null for where they were.</param>
    /// <exception cref="InvalidFileException">There is none, its files are damaged, or another process trains into it.</exception>
    public static TrainJob Stored(string folder, string? data)
    {
        RunLock.RequireFree(folder);
        if (StoredPlan.IsIn(folder))
        {
            StoredPlan stored = StoredPlan.Read(folder);
            return new TrainJob(folder, data ?? stored.Data, stored.Dataset, stored.Options, stored.Plan, null, Resumes: true);
        }

        RunFolder run = RunFolder.Open(folder);
        RunConfiguration made = run.Configuration;
        return new TrainJob(folder, data ?? made.Data, made.Dataset, made.Options, new SplitPlan(), run.Split, Resumes: true);
    }

    /// <summary>Whether there is something in a folder to go on with.</summary>
    public static bool CanBeResumed(string folder) => StoredPlan.IsIn(folder) || File.Exists(Path.Combine(folder, "checkpoint.safetensors"));
}
