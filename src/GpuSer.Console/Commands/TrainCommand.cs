using System.CommandLine;
using GpuSer.Console.Output;
using GpuSer.Training;
using GpuSer.Training.Data;
using GpuSer.Training.Experiments;
using GpuSer.Training.Reports;
using GpuSer.Training.Runs;

namespace GpuSer.Console.Commands;

/// <summary><c>gpuser train</c>: fine-tunes on a folder of recordings and writes a run folder, or goes on with one.</summary>
internal static class TrainCommand
{
    private const string DefaultOutput = "runs/train";

    public static Command Create(Terminal terminal)
    {
        Option<string?> data = new("--data") { Description = "folder of recordings, or a CSV file path,label,speaker", HelpName = "DIR|FILE" };
        Option<string> dataset = SharedOptions.Dataset();
        Option<string> output = new("--out") { Description = "run folder to write", HelpName = "DIR", DefaultValueFactory = _ => DefaultOutput };
        Option<string?> resume = new("--resume") { Description = "go on with the run in this folder, as it was begun; --data says where its recordings are now", HelpName = "DIR" };
        TrainingOptions training = new();
        Option<string> model = ModelOptions.Model();
        SplitOptions split = new();
        Option<DeviceChoice> device = SharedOptions.Device(Enum.GetValues<DeviceChoice>());
        Option<bool> noProgress = SharedOptions.NoProgress();
        Option<bool> json = SharedOptions.Json();
        Option<bool> tensorBoard = new("--tensorboard") { Description = "write event files for TensorBoard into the run folder while it runs" };

        Option<bool> dryRun = new("--dry-run") { Description = "show data, shapes, memory and time, of one step that is thrown away; write nothing" };

        Command command = new("train", "Fine-tune VGG-16-BN on a folder of recordings and write a run folder.") { data, dataset, output, resume };
        command.Options.Add(model);
        training.AddTo(command);
        split.AddTo(command);
        foreach (Option option in (Option[])[device, dryRun, tensorBoard, noProgress, json])
        {
            command.Options.Add(option);
        }

        SharedOptions.RequireOne(
            command, data, resume, "--data DIR says what to train on, or --resume DIR which run to go on with; one of them is needed", both: true);
        SharedOptions.RefuseWith(command, resume, data, device, tensorBoard, noProgress, json);
        command.SetAction((parsed, cancellation) =>
        {
            string? again = parsed.GetValue(resume), from = parsed.GetValue(data);
            TrainOptions options = ModelPreset.Find(parsed.GetValue(model)!)!.Apply(training.Read(parsed));
            SplitPlan plan = split.Plan(parsed);
            options = options with { TestSpeakers = plan.TestSpeakers };
            if (parsed.GetValue(dryRun))
            {
                TrainJob dry = new(parsed.GetValue(output)!, from!, parsed.GetValue(dataset)!, options, plan, null, Resumes: false);
                return Task.FromResult(DryTrain.Run(terminal, dry, parsed.GetValue(device), parsed.GetValue(json), cancellation));
            }

            TrainJob job = again is null
                ? TrainJob.New(parsed.GetValue(output)!, from!, parsed.GetValue(dataset)!, options, plan)
                : TrainJob.Stored(again, from);
            bool live = terminal.Interactive && !parsed.GetValue(noProgress);
            return Task.FromResult(Run(terminal, job, parsed.GetValue(device), parsed.GetValue(tensorBoard), live, parsed.GetValue(json), cancellation));
        });
        return command;
    }

    private static int Run(Terminal terminal, TrainJob job, DeviceChoice device, bool tensorBoard, bool live, bool json, CancellationToken cancellation)
    {
        try
        {
            using DeviceSession session = DeviceSession.Open(device, terminal.Notes, network: true);
            using TrainProgress line = new(terminal, live);
            using TensorBoardProgress? events = tensorBoard ? new(job.Folder, line) : null;
            IProgress<TrainEvent> progress = (IProgress<TrainEvent>?)events ?? line;
            Corpus corpus = CorpusLoader.Load(terminal, job.Data, job.Dataset);
            Trainer.Check(corpus, job.Options, session.Context);
            TrainingData data = CorpusLoader.Decode(terminal, corpus, job.Options, cancellation);
            ExistingRun existing = job.Resumes ? ExistingRun.Continue : ExistingRun.Refuse;
            if (job.Split is null && !job.Plan.Single)
            {
                FoldsResult folds = FoldTraining.Run(data, job.Plan, job.Options, job.Folder, progress, session.Context, existing, cancellation);
                line.Dispose();
                FoldsOutput.Write(terminal.Out, folds, job.Folder, json);
                return folds.Failures.Count == 0 ? ExitCode.Success : ExitCode.Diverged;
            }

            Split split = job.Split?.Find(data.Utterances) ?? job.Plan.Make(data.Utterances, (ulong)job.Options.Seed)[0].Split;
            TrainResult result = Trainer.Run(data, split, job.Options, job.Folder, progress, session.Context, existing, cancellation);
            line.Dispose();
            TrainOutput.Write(terminal.Out, result, json);
            return ExitCode.Success;
        }
        catch (OperationCanceledException) when (TrainJob.CanBeResumed(job.Folder))
        {
            terminal.Error.WriteLine($"gpuser: what was trained is saved; go on with: gpuser train --resume {job.Folder}");
            throw;
        }
    }
}
