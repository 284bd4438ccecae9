using GpuSer.Cuda;
using GpuSer.IO;
using GpuSer.Training.Data;
using GpuSer.Training.Runs;

namespace GpuSer.Training.Experiments;

/// <summary>Trains the paper's models over seeds and splits, each as a run of its own, and sums them up.</summary>
internal static class Ablation
{
    /// <summary>The figures of each training, below the ablation's folder; written anew after each.</summary>
    public const string RunsFile = "runs.csv";

    /// <summary>
    /// Trains each model with each seed in <c>folder/A/seed-1</c>, and where the plan has several splits in a folder for each below that. Seeds go
    /// first, so that all models are there to compare once the first seed is done; models of one seed see the same recordings and splits. Runs that are
    /// done are read, and one that was cut goes on, to the same bits on the CPU.
    /// </summary>
    /// <param name="corpus">The recordings.</param>
    /// <param name="plan">What to train.</param>
    /// <param name="folder">Where to write.</param>
    /// <param name="progress">Told on the training's own thread.</param>
    /// <param name="device">A CUDA device or its emulator; null for the CPU.</param>
    /// <param name="cancellation">Stops before the next step, with a checkpoint; what was trained stays.</param>
    /// <exception cref="InvalidOptionsException">The plan is impossible.</exception>
    /// <exception cref="InvalidFileException">The folder holds another ablation, cannot be written, or another process trains into it.</exception>
    /// <exception cref="GpuSerException">As <see cref="Trainer.Run(TrainingData, Split, TrainOptions, string, IProgress{TrainEvent}?, CudaContext?, bool, CancellationToken)"/>, but for losses that are no number: those are the result's.</exception>
    public static AblationResult Run(
        Corpus corpus, AblationPlan plan, string folder, IProgress<TrainEvent>? progress = null, CudaContext? device = null,
        CancellationToken cancellation = default)
    {
        new OptionErrors().Include(plan.Errors()).ThrowIfAny();
        Trainer.Check(corpus, plan.Options, device);
        using RunLock turn = RunLock.Take(folder);
        plan.Write(folder);
        ModelPreset[] models = [.. plan.Models.Select(name => ModelPreset.Find(name)!)];
        List<AblationRun> runs = [];
        TrainingData? data = null;
        foreach (long seed in plan.Seeds)
        {
            TrainOptions options = plan.Options with { Seed = seed };
            if (data is null || options.Limit is not null)
            {
                data = TrainingData.Load(corpus, options, cancellation); // a limit draws by the seed
            }

            IReadOnlyList<PlannedSplit> splits = plan.Split.Make(data.Utterances, (ulong)seed);
            foreach ((ModelPreset model, PlannedSplit planned) in models.SelectMany(model => splits.Select(split => (model, split))))
            {
                progress?.Report(new AblationRunStarted(runs.Count + 1, plan.Seeds.Count * models.Length * splits.Count, model, seed, planned.Name));
                string own = Path.Combine(folder, model.Name, $"seed-{seed}");
                runs.Add(RunOne(data, model, planned, plan.OptionsOf(model, seed), splits.Count == 1 ? own : Path.Combine(own, planned.Name), progress, device, cancellation));
                AtomicFile.WriteText(Path.Combine(folder, RunsFile), AblationTable.Runs(runs));
            }
        }

        return new AblationResult(folder, plan, [.. models.Select(model => AblationRow.Of(model, runs))]);
    }

    // A model that diverges is a finding of the ablation, and no reason to lose the others.
    private static AblationRun RunOne(
        TrainingData data, ModelPreset model, PlannedSplit planned, TrainOptions options, string folder, IProgress<TrainEvent>? progress, CudaContext? device,
        CancellationToken cancellation)
    {
        try
        {
            TrainResult result = Trainer.Run(data, planned.Split, options, folder, progress, device, resume: true, cancellation);
            return new AblationRun(model, options.Seed, planned.Name, planned.Split.Name, result, null);
        }
        catch (TrainingDivergedException error)
        {
            progress?.Report(new AblationRunFailed(model, options.Seed, error.Message));
            return new AblationRun(model, options.Seed, planned.Name, planned.Split.Name, null, error.Message);
        }
    }
}
