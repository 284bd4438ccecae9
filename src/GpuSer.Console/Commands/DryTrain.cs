using GpuSer.Console.Output;
using GpuSer.IO;
using GpuSer.Training;
using GpuSer.Training.Data;
using GpuSer.Training.Planning;
using GpuSer.Training.Runs;

namespace GpuSer.Console.Commands;

/// <summary><c>gpuser train --dry-run</c>: what a training would be.</summary>
internal static class DryTrain
{
    public static int Run(Terminal terminal, TrainJob job, DeviceChoice device, bool json, CancellationToken cancellation)
    {
        using DeviceSession session = DeviceSession.Open(device, terminal.Notes, network: true);
        Corpus corpus = CorpusLoader.Load(terminal, job.Data, job.Dataset);
        Trainer.Check(corpus, job.Options, session.Context);
        TrainingData data = CorpusLoader.Decode(terminal, corpus, job.Options, cancellation);
        BadFiles.Tell(terminal.Error, data.BadFiles);
        IReadOnlyList<PlannedSplit> splits = job.Plan.Make(data.Utterances, (ulong)job.Options.Seed);
        DryRunReport report = DryRun.Run(data, splits, job.Options, session.Context, cancellation);
        DryRunOutput.Write(terminal.Out, report, job.Options, json);
        try
        {
            RunFolder.RequireFree(job.Folder);
        }
        catch (InvalidFileException taken)
        {
            terminal.Error.WriteLine($"gpuser: {taken.Message}"); // It would stop the training, and nothing else here does.
        }

        return ExitCode.Success;
    }
}
